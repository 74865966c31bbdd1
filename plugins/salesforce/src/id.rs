//! Salesforce ids: 15 characters that tell upper from lower case, or the same with three more that make case needless.

/// The alphabet of the three last characters.
const CHECK: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/// The 18-character form; none for what is no id. Everything that goes into a path or a query passes here.
pub fn normalize(id: &str) -> Option<String> {
    let is_id = matches!(id.len(), 15 | 18) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_id {
        return None;
    }
    let mut long = id[..15].to_owned();
    for block in id.as_bytes()[..15].chunks(5) {
        let bits = block.iter().enumerate().filter(|(_, byte)| byte.is_ascii_uppercase()).map(|(place, _)| 1 << place);
        long.push(char::from(CHECK[bits.sum::<usize>()]));
    }
    // The check characters come in any case.
    (id.len() == 15 || long.eq_ignore_ascii_case(id)).then_some(long)
}

/// Whether two ids name the same record.
pub fn same(left: Option<&str>, right: Option<&str>) -> bool {
    match (left, right) {
        (None, None) => true,
        (Some(left), Some(right)) => {
            left == right || (normalize(left).is_some() && normalize(left) == normalize(right))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_compared_in_their_long_form() {
        // From Salesforce's own examples.
        assert_eq!(normalize("001D000000IqhSL").as_deref(), Some("001D000000IqhSLIAZ"));
        assert_eq!(normalize("001D000000IqhSLIAZ").as_deref(), Some("001D000000IqhSLIAZ"));
        assert!(same(Some("001D000000IqhSL"), Some("001D000000IqhSLIAZ")));
        assert!(!same(Some("001D000000IqhSL"), Some("001D000000Iqhsl")));
        assert!(!same(None, Some("001D000000IqhSL")));
        assert!(same(None, None));
    }

    #[test]
    fn what_is_no_id_never_reaches_a_query() {
        for text in ["", "001D000000IqhS", "001D000000IqhSLIAA", "001D000000Iqh'L", "001D000000IqhS/", "ü01D000000Iqh"]
        {
            assert_eq!(normalize(text), None, "{text}");
        }
    }
}
