//! What a mistyped word was probably meant to be.

/// The candidate nearest to a word by edit distance, when it is near enough to be meant.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_near_words_are_suggested() {
        assert_eq!(nearest("revise", ["revises", "revision"]), Some("revises"));
        assert_eq!(
            nearest("transction", ["transaction", "allow"]),
            Some("transaction")
        );
        assert_eq!(nearest("colour", ["transaction", "allow"]), None);
    }
}
