//! Going through points, on as many threads as there are, and counting.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;

use tokio::runtime::Builder;

use crate::bench::{Bench, Came};
use crate::points::{How, Point};

/// What came of each point.
type Results = Vec<(How, Result<Came, String>)>;

pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

/// The points that `LIMBECK_CRASH` names by words of their scenarios or of themselves; all without it.
pub fn chosen(bench: &Bench, points: Vec<Point>) -> Vec<Point> {
    let words = words();
    let is_meant = |point: &Point| {
        let name = format!("{}: {point}", bench.scenarios[point.scenario].scenario.name);
        words.is_empty() || words.iter().any(|word| name.contains(word.as_str()))
    };
    let chosen: Vec<Point> = points.into_iter().filter(is_meant).collect();
    println!("{} points", chosen.len());
    chosen
}

fn words() -> Vec<String> {
    let words = std::env::var("LIMBECK_CRASH").unwrap_or_default();
    let words = words.split(',').map(|word| word.trim().to_owned());
    words.filter(|word| !word.is_empty()).collect()
}

/// So many points of each kind, evenly taken from all.
pub fn some_of_each(points: Vec<Point>, count: usize) -> Vec<Point> {
    let mut kinds: BTreeMap<How, Vec<Point>> = BTreeMap::new();
    for point in points {
        kinds.entry(point.how).or_default().push(point);
    }
    let some = kinds.into_values().flat_map(|points| {
        let nth = points.len().div_ceil(count).max(1);
        points.into_iter().skip(nth / 2).step_by(nth)
    });
    some.collect()
}

/// Disturbs at each of the points, several at once.
pub fn in_parallel(bench: &Bench, points: Vec<Point>) -> Results {
    // A runner that waits, for a server or for another, leaves room for one more.
    let threads = 2 * thread::available_parallelism().map_or(2, usize::from);
    let left = Mutex::new(points.into_iter());
    let results = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let Some(point) = left.lock().unwrap().next() else {
                        return;
                    };
                    let result = block_on(bench.disturb(&point));
                    if let Err(problem) = &result {
                        eprintln!("{problem}");
                    }
                    let mut results = results.lock().unwrap();
                    results.push((point.how, result));
                    tell_progress(results.len());
                }
            });
        }
    });
    results.into_inner().unwrap()
}

/// Stops the server at each of the points, one after the other.
pub fn stopping(bench: &mut Bench, points: Vec<Point>) -> Results {
    let mut results = Vec::new();
    for point in points {
        let result = block_on(bench.disturb_by_stopping(&point));
        if let Err(problem) = &result {
            eprintln!("{problem}");
        }
        results.push((point.how, result));
        tell_progress(results.len());
    }
    results
}

/// Says from time to time how many points are done.
fn tell_progress(done: usize) {
    if done.is_multiple_of(250) {
        eprintln!("{done} points done");
    }
}

/// How many points there were of each kind, and what failed.
#[derive(Default)]
pub struct Tally {
    /// How many there were, and after how many the run came to its end by itself.
    points: BTreeMap<How, (usize, usize)>,
    failures: Vec<String>,
}

impl Tally {
    pub fn add(&mut self, results: Results) {
        for (how, result) in results {
            let (all, by_itself) = self.points.entry(how).or_default();
            *all += 1;
            *by_itself += usize::from(result == Ok(Came::ByItself));
            self.failures.extend(result.err());
        }
    }

    /// Prints the table, and fails where anything did.
    pub fn tell(self) {
        let total: usize = self.points.values().map(|(all, _)| all).sum();
        if total == 0 && !words().is_empty() {
            // The words choose points of another kind.
            return;
        }
        assert!(total > 0, "there are no points");
        for (how, (all, by_itself)) in &self.points {
            let how = how.to_string();
            println!("{how:<24}{all:>6}, of which {by_itself} without a run that failed");
        }
        let equal = total - self.failures.len();
        println!("{:<24}{equal:>6} of {total}", "equal afterwards");
        assert!(
            self.failures.is_empty(),
            "{} of {total} points do not come to the same:\n{}",
            self.failures.len(),
            self.failures.join("\n")
        );
    }
}
