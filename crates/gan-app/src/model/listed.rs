//! Removes an entry from a short list by its number. A map of the standard library would be as
//! fast, but brings kilobytes of code into the page for each type of value.

/// Removes the entry `number` from `list`, and returns it.
pub(crate) fn taken<K: PartialEq, V>(list: &mut Vec<(K, V)>, number: K) -> Option<V> {
    let place = list.iter().position(|(other, _)| *other == number)?;
    Some(list.remove(place).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_gone_and_the_rest_keeps_its_order() {
        let mut list = vec![(1, 'a'), (2, 'b'), (3, 'c')];
        assert_eq!(taken(&mut list, 2), Some('b'));
        assert_eq!(taken(&mut list, 2), None);
        assert_eq!(list, [(1, 'a'), (3, 'c')]);
    }
}
