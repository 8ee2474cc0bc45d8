//! Places in a text: bytes, characters, lines and columns.

/// The line and the column of a byte offset, both counted from 1, the column in characters. An offset past the end
/// is the end; one inside a character is that character.
#[must_use]
pub fn line_column(text: &str, byte_offset: usize) -> (usize, usize) {
    let before = text.get(..text.floor_char_boundary(byte_offset)).unwrap_or(text);
    let line = before.bytes().filter(|&b| b == b'\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}

/// The byte offset of the character with this index, counted from 0. PostgreSQL reports the position of an error in
/// characters, counted from 1: subtract one first. An index past the end gives the length of the text.
#[must_use]
pub fn char_offset_to_byte(text: &str, characters: usize) -> usize {
    text.char_indices()
        .nth(characters)
        .map_or(text.len(), |(offset, _)| offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters() {
        let text = "größe\nx ü y";
        assert_eq!(line_column(text, 0), (1, 1));
        assert_eq!(line_column(text, 5), (1, 4));
        assert_eq!(line_column(text, text.find('\n').unwrap()), (1, 6));
        assert_eq!(line_column(text, text.find('x').unwrap()), (2, 1));
        assert_eq!(line_column(text, text.find('y').unwrap()), (2, 5));
        assert_eq!(line_column(text, 1000), (2, 6));
    }

    #[test]
    fn characters_become_bytes() {
        assert_eq!(char_offset_to_byte("äöü", 0), 0);
        assert_eq!(char_offset_to_byte("äöü", 2), 4);
        assert_eq!(char_offset_to_byte("äöü", 3), 6);
        assert_eq!(char_offset_to_byte("äöü", 30), 6);
    }
}
