//! A selector's text, taken apart.

/// A selector, taken apart.
pub(super) struct Parts<'a> {
    pub(super) branch: Option<&'a str>,
    pub(super) name: &'a str,
    /// The number with its sign.
    pub(super) relative: Option<(Way, usize)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Up,
    Down,
}

impl<'a> Parts<'a> {
    /// Whether it is a number of steps from wherever one is: `+1`, or `billing@-2`.
    pub(super) fn is_bare(&self) -> bool {
        self.name.is_empty()
    }

    pub(super) fn parse(selector: &'a str) -> Option<Self> {
        let text = selector.trim();
        let (branch, rest) = match text.split_once('@') {
            Some((branch, rest)) => (Some(branch), rest),
            None => (None, text),
        };
        let (name, relative) = match rest.find(['+', '-']) {
            Some(position) => {
                let (name, number) = rest.split_at_checked(position)?;
                let way = if number.starts_with('+') {
                    Way::Up
                } else {
                    Way::Down
                };
                let digits = number.get(1..)?;
                let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
                (name, Some((way, is_number.then(|| digits.parse().ok())??)))
            }
            None => (rest, None),
        };
        let is_word = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let is_valid = is_word(name)
            && (!name.is_empty() || relative.is_some())
            && branch.is_none_or(|branch| is_word(branch) && !branch.is_empty());
        is_valid.then_some(Self {
            branch,
            name,
            relative,
        })
    }
}
