//! What the documents say of the domain.

use cliffhangarr_domain::plan::Reason;
use std::path::Path;

/// The codes of the table in `docs/DOMAIN.md`, in its order.
fn documented_codes() -> Vec<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/DOMAIN.md");
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    text.lines()
        .skip_while(|line| *line != "<!-- reasons: begin -->")
        .take_while(|line| *line != "<!-- reasons: end -->")
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(code, _)| code.to_owned())
        .collect()
}

#[test]
fn the_document_lists_every_reason_and_no_other() {
    let codes: Vec<&str> = Reason::ALL.iter().map(|reason| reason.code()).collect();
    assert_eq!(
        documented_codes(),
        codes,
        "docs/DOMAIN.md lists the reasons in the order of Reason::ALL"
    );
}
