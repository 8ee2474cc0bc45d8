//! The one graph of actions, and its one order.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use crate::place::{Chapter, Place};

/// A vertex: an action that may stand alone or be folded into another one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Vertex {
    /// Where it stands when it is free to.
    pub(crate) place: Place,
    /// The vertex that carries it along: a `CREATE TABLE` its constraints, a `DROP TABLE` its indexes.
    pub(crate) host: Option<usize>,
    /// How firmly: where a circle comes from folding, the loosest are unfolded first.
    pub(crate) firmness: u8,
}

/// The vertices in order.
#[derive(Debug)]
pub(crate) struct Order {
    /// The vertices that stand alone, in order.
    pub(crate) sequence: Vec<usize>,
    /// The vertices that each carries along, in the order of their numbers.
    pub(crate) folded: BTreeMap<usize, Vec<usize>>,
}

/// As [`order`], with edges that are kept where no circle comes from them.
///
/// # Errors
///
/// As [`order`].
pub(crate) fn order_with_wishes(
    vertices: &[Vertex],
    edges: &[(usize, usize)],
    mut wishes: Vec<(usize, usize)>,
) -> Result<Order, Vec<usize>> {
    loop {
        let all: Vec<(usize, usize)> = edges.iter().chain(&wishes).copied().collect();
        let circle = match order(vertices, &all) {
            Ok(order) => return Ok(order),
            Err(circle) => circle,
        };
        let is_in_circle = |number: &usize| circle.binary_search(number).is_ok();
        let before = wishes.len();
        wishes.retain(|(from, to)| !(is_in_circle(from) && is_in_circle(to)));
        if wishes.len() == before {
            return Err(circle);
        }
    }
}

/// Puts the vertices in an order in which each edge leads forward. The order is fully determined by its input:
/// among what is free, what belongs to the group at hand comes first, then the first group.
///
/// # Errors
///
/// The members of a circle that folding has no part in.
pub(crate) fn order(vertices: &[Vertex], edges: &[(usize, usize)]) -> Result<Order, Vec<usize>> {
    let mut hosts: Vec<usize> = vertices
        .iter()
        .enumerate()
        .map(|(number, vertex)| vertex.host.unwrap_or(number))
        .collect();
    loop {
        let carrier: Vec<usize> = (0..vertices.len()).map(|number| root(&hosts, number)).collect();
        let sequence = sorted(vertices, edges, &carrier);
        let alone = (0..vertices.len())
            .filter(|&number| carrier[number] == number)
            .count();
        if sequence.len() == alone {
            let mut folded: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            for (number, &carrier) in carrier
                .iter()
                .enumerate()
                .filter(|&(number, &carrier)| number != carrier)
            {
                folded.entry(carrier).or_default().push(number);
            }
            return Ok(Order { sequence, folded });
        }
        let circles = circles(vertices.len(), edges, &carrier);
        let unfold = loosest_in_circles(vertices, edges, &carrier, &circles);
        if unfold.is_empty() {
            let members = circles.iter().enumerate().filter(|(_, circle)| circle.is_some());
            return Err(members.map(|(number, _)| number).collect());
        }
        for number in unfold {
            hosts[number] = number;
        }
    }
}

/// The vertex that carries this one in the end.
fn root(hosts: &[usize], mut number: usize) -> usize {
    while hosts[number] != number {
        number = hosts[number];
    }
    number
}

/// Kahn's algorithm over the vertices that stand alone. Short of some when there are circles.
fn sorted(vertices: &[Vertex], edges: &[(usize, usize)], carrier: &[usize]) -> Vec<usize> {
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); vertices.len()];
    let mut waits_for = vec![0_usize; vertices.len()];
    for &(from, to) in edges {
        let (from, to) = (carrier[from], carrier[to]);
        if from != to {
            followers[from].push(to);
            waits_for[to] += 1;
        }
    }
    let mut ready = Ready::default();
    for number in 0..vertices.len() {
        if carrier[number] == number && waits_for[number] == 0 {
            ready.push(vertices[number].place, number);
        }
    }
    let mut sequence = Vec::new();
    while let Some(number) = ready.pop() {
        sequence.push(number);
        for &follower in &followers[number] {
            waits_for[follower] -= 1;
            if waits_for[follower] == 0 {
                ready.push(vertices[follower].place, follower);
            }
        }
    }
    sequence
}

/// The vertices of one group that nothing holds back, the lowest place first.
type Queue = BinaryHeap<Reverse<(Place, usize)>>;

/// The vertices that nothing holds back, by group.
#[derive(Default)]
struct Ready {
    groups: BTreeMap<(Chapter, usize), Queue>,
    at_hand: Option<(Chapter, usize)>,
}

impl Ready {
    fn push(&mut self, place: Place, number: usize) {
        self.groups
            .entry((place.chapter, place.group))
            .or_default()
            .push(Reverse((place, number)));
    }

    fn pop(&mut self) -> Option<usize> {
        let group = match self.at_hand {
            Some(group) if self.groups.contains_key(&group) => group,
            _ => *self.groups.first_key_value()?.0,
        };
        self.at_hand = Some(group);
        let members = self.groups.get_mut(&group)?;
        let Reverse((_, number)) = members.pop()?;
        if members.is_empty() {
            self.groups.remove(&group);
        }
        Some(number)
    }
}

/// For each vertex that stands alone and lies in a circle, the number of that circle (Tarjan's algorithm, without
/// recursion).
fn circles(count: usize, edges: &[(usize, usize)], carrier: &[usize]) -> Vec<Option<usize>> {
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); count];
    for &(from, to) in edges {
        let (from, to) = (carrier[from], carrier[to]);
        if from != to {
            followers[from].push(to);
        }
    }
    let mut circle = vec![None; count];
    let mut circle_count = 0;
    let mut index: Vec<Option<usize>> = vec![None; count];
    let mut low = vec![0; count];
    let mut on_stack = vec![false; count];
    let (mut stack, mut next_index) = (Vec::new(), 0);
    for start in (0..count).filter(|&number| carrier[number] == number) {
        let mut path: Vec<(usize, usize)> = Vec::new();
        if index[start].is_none() {
            path.push((start, 0));
        }
        while let Some((vertex, child)) = path.pop() {
            if child == 0 {
                index[vertex] = Some(next_index);
                low[vertex] = next_index;
                next_index += 1;
                stack.push(vertex);
                on_stack[vertex] = true;
            }
            if let Some(&follower) = followers[vertex].get(child) {
                path.push((vertex, child + 1));
                match index[follower] {
                    None => path.push((follower, 0)),
                    Some(found) if on_stack[follower] => low[vertex] = low[vertex].min(found),
                    Some(_) => {}
                }
                continue;
            }
            if let Some(&(parent, _)) = path.last() {
                low[parent] = low[parent].min(low[vertex]);
            }
            if Some(low[vertex]) == index[vertex] {
                let position = stack.iter().rposition(|&member| member == vertex).unwrap_or(0);
                let members = stack.split_off(position);
                let is_circle = members.len() > 1;
                for member in members {
                    on_stack[member] = false;
                    if is_circle {
                        circle[member] = Some(circle_count);
                    }
                }
                circle_count += 1;
            }
        }
    }
    circle
}

/// Of the loosest of the folded vertices that lead from one member of a circle to another, few that break it.
fn loosest_in_circles(
    vertices: &[Vertex],
    edges: &[(usize, usize)],
    carrier: &[usize],
    circles: &[Option<usize>],
) -> Vec<usize> {
    let within: Vec<(usize, usize)> = edges
        .iter()
        .copied()
        .filter(|&(from, to)| {
            carrier[from] != carrier[to]
                && circles[carrier[from]].is_some()
                && circles[carrier[from]] == circles[carrier[to]]
        })
        .collect();
    let is_folded = |number: usize| carrier[number] != number;
    let ends = |&(from, to): &(usize, usize)| [from, to].into_iter().filter(|&number| is_folded(number));
    let loosest = within
        .iter()
        .flat_map(ends)
        .map(|number| vertices[number].firmness)
        .min();
    let is_loose = |number: usize| is_folded(number) && Some(vertices[number].firmness) == loosest;
    let position = little_led_back(&within, carrier, is_loose);
    let leads_back = |&(from, to): &(usize, usize)| position.get(&carrier[from]) > position.get(&carrier[to]);
    let mut found: Vec<usize> = within
        .iter()
        .filter(|edge| leads_back(edge))
        .flat_map(ends)
        .collect();
    found.retain(|&number| is_loose(number));
    if found.is_empty() {
        found = within
            .iter()
            .flat_map(ends)
            .filter(|&number| is_loose(number))
            .collect();
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// A place for each vertex in which few edges lead back, and firm ones fewest of all (the heuristic of Eades, Lin and
/// Smyth): what waits for nothing comes first, what nothing waits for last, and between them what more waits for than
/// it waits for.
fn little_led_back(
    edges: &[(usize, usize)],
    carrier: &[usize],
    is_loose: impl Fn(usize) -> bool,
) -> BTreeMap<usize, usize> {
    /// What an edge counts that unfolding does not take away.
    const FIRM: i64 = 1000;
    let mut neighbours: BTreeMap<usize, Neighbours> = BTreeMap::new();
    for &(from, to) in edges {
        let weight = if is_loose(from) || is_loose(to) { 1 } else { FIRM };
        let (from, to) = (carrier[from], carrier[to]);
        neighbours.entry(from).or_default().leave(to, weight);
        neighbours.entry(to).or_default().arrive(from, weight);
    }
    let mut ready: BTreeSet<(Reverse<i64>, usize)> = neighbours
        .iter()
        .map(|(&vertex, of_vertex)| (Reverse(of_vertex.surplus()), vertex))
        .collect();
    let (mut first, mut last) = (Vec::new(), Vec::new());
    while let Some((_, vertex)) = ready.pop_first() {
        let Some(taken) = neighbours.remove(&vertex) else {
            continue;
        };
        if taken.out_weight == 0 && taken.in_weight > 0 {
            last.push(vertex);
        } else {
            first.push(vertex);
        }
        for (&other, &weight) in &taken.after {
            if let Some(of_other) = neighbours.get_mut(&other) {
                ready.remove(&(Reverse(of_other.surplus()), other));
                of_other.in_weight -= weight;
                ready.insert((Reverse(of_other.surplus()), other));
            }
        }
        for (&other, &weight) in &taken.before {
            if let Some(of_other) = neighbours.get_mut(&other) {
                ready.remove(&(Reverse(of_other.surplus()), other));
                of_other.out_weight -= weight;
                ready.insert((Reverse(of_other.surplus()), other));
            }
        }
    }
    first
        .into_iter()
        .chain(last.into_iter().rev())
        .enumerate()
        .map(|(position, vertex)| (vertex, position))
        .collect()
}

/// What a vertex has edges to and from, and how much they count while the others are still there.
#[derive(Default)]
struct Neighbours {
    before: BTreeMap<usize, i64>,
    after: BTreeMap<usize, i64>,
    in_weight: i64,
    out_weight: i64,
}

impl Neighbours {
    fn leave(&mut self, to: usize, weight: i64) {
        *self.after.entry(to).or_default() += weight;
        self.out_weight += weight;
    }

    fn arrive(&mut self, from: usize, weight: i64) {
        *self.before.entry(from).or_default() += weight;
        self.in_weight += weight;
    }

    /// How soon it should come. What waits for nothing comes before all, and so does what nothing waits for: that is
    /// put at the end.
    fn surplus(&self) -> i64 {
        if self.in_weight == 0 || self.out_weight == 0 {
            i64::MAX
        } else {
            self.out_weight - self.in_weight
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Rank;

    fn at(group: usize, rank: Rank) -> Vertex {
        Vertex {
            place: Place {
                chapter: Chapter::Tables,
                group,
                rank,
            },
            host: None,
            firmness: 0,
        }
    }

    fn within(host: usize, vertex: Vertex) -> Vertex {
        Vertex {
            host: Some(host),
            ..vertex
        }
    }

    #[test]
    fn groups_stay_together() {
        // Table 0 waits for table 1; the index of table 1 comes before table 0 all the same.
        let vertices = [
            at(0, Rank::Table),
            at(1, Rank::Table),
            at(1, Rank::Index),
            at(0, Rank::Index),
            at(2, Rank::Table),
        ];
        let order = order(&vertices, &[(1, 0), (1, 2), (0, 3)]).unwrap();
        assert_eq!(order.sequence, [1, 2, 0, 3, 4]);
    }

    #[test]
    fn what_can_be_folded_is() {
        let vertices = [
            at(0, Rank::Table),
            at(1, Rank::Table),
            within(1, at(1, Rank::ForeignKey)),
        ];
        let order = order(&vertices, &[(0, 2), (1, 2)]).unwrap();
        assert_eq!(order.sequence, [0, 1]);
        assert_eq!(order.folded, BTreeMap::from([(1, vec![2])]));
    }

    #[test]
    fn a_circle_unfolds_only_what_makes_it() {
        // Two tables refer to each other; a third refers to itself and to the first.
        let vertices = [
            at(0, Rank::Table),
            at(1, Rank::Table),
            at(2, Rank::Table),
            within(0, at(0, Rank::ForeignKey)),
            within(1, at(1, Rank::ForeignKey)),
            within(2, at(2, Rank::ForeignKey)),
            within(2, at(2, Rank::ForeignKey)),
        ];
        let edges = [(0, 3), (1, 3), (1, 4), (0, 4), (2, 5), (0, 6), (2, 6)];
        let order = order(&vertices, &edges).unwrap();
        assert_eq!(order.sequence, [0, 1, 3, 2]);
        assert_eq!(order.folded, BTreeMap::from([(1, vec![4]), (2, vec![5, 6])]));
    }

    #[test]
    fn one_key_is_enough_for_a_circle() {
        // Ten tables in a circle, and a hub that refers to one of the twenty which refer to it.
        let count = 31;
        let mut vertices: Vec<Vertex> = (0..count).map(|group| at(group, Rank::Table)).collect();
        let mut edges = Vec::new();
        let mut refer = |from: usize, to: usize| {
            let key = vertices.len();
            vertices.push(within(from, at(from, Rank::ForeignKey)));
            edges.extend([(from, key), (to, key)]);
        };
        for table in 0..10 {
            refer(table, (table + 1) % 10);
        }
        for table in 11..count {
            refer(table, 10);
        }
        refer(10, 20);
        let order = order(&vertices, &edges).unwrap();
        assert_eq!(order.sequence.len(), count + 2);
    }

    #[test]
    fn the_loosest_is_unfolded_first() {
        let firm = |vertex: Vertex| Vertex {
            firmness: 1,
            ..vertex
        };
        let vertices = [
            at(0, Rank::Table),
            at(1, Rank::Table),
            within(0, at(0, Rank::ForeignKey)),
            firm(within(1, at(1, Rank::Check))),
        ];
        let order = order(&vertices, &[(1, 2), (0, 2), (0, 3), (1, 3)]).unwrap();
        assert_eq!(order.folded, BTreeMap::from([(1, vec![3])]));
        assert_eq!(order.sequence, [0, 1, 2]);
    }

    #[test]
    fn a_circle_without_folding_is_named() {
        let vertices = [at(0, Rank::Table), at(1, Rank::Table), at(2, Rank::Table)];
        assert_eq!(order(&vertices, &[(0, 1), (1, 0), (1, 2)]).unwrap_err(), [0, 1]);
    }

    #[test]
    fn a_wish_that_makes_a_circle_is_dropped() {
        let vertices = [at(0, Rank::Table), at(1, Rank::Table), at(2, Rank::Table)];
        let order = order_with_wishes(&vertices, &[(1, 0)], vec![(0, 1), (2, 1)]).unwrap();
        assert_eq!(order.sequence, [2, 1, 0]);
        assert!(order_with_wishes(&vertices, &[(1, 0), (0, 1)], vec![(2, 1)]).is_err());
    }

    #[test]
    fn long_chains_need_no_stack() {
        let vertices: Vec<Vertex> = (0..50_000).map(|group| at(group, Rank::Table)).collect();
        let edges: Vec<(usize, usize)> = (1..50_000).map(|number| (number, number - 1)).collect();
        assert_eq!(order(&vertices, &edges).unwrap().sequence.first(), Some(&49_999));
        let circle: Vec<(usize, usize)> = edges.iter().copied().chain([(0, 49_999)]).collect();
        assert_eq!(order(&vertices, &circle).unwrap_err().len(), 50_000);
    }
}
