//! The one graph of actions, and its one order.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

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

/// The loosest of the folded vertices that lead from one member of a circle to another.
fn loosest_in_circles(
    vertices: &[Vertex],
    edges: &[(usize, usize)],
    carrier: &[usize],
    circles: &[Option<usize>],
) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    for &(from, to) in edges {
        let (from_carrier, to_carrier) = (carrier[from], carrier[to]);
        if from_carrier != to_carrier
            && circles[from_carrier].is_some()
            && circles[from_carrier] == circles[to_carrier]
        {
            found.extend([from, to].into_iter().filter(|&number| carrier[number] != number));
        }
    }
    let loosest = found.iter().map(|&number| vertices[number].firmness).min();
    found.retain(|&number| Some(vertices[number].firmness) == loosest);
    found.sort_unstable();
    found.dedup();
    found
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
        assert_eq!(order.sequence, [0, 1, 4, 3, 2]);
        assert_eq!(order.folded, BTreeMap::from([(2, vec![5, 6])]));
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
