//! What the doctor says: findings, in groups, each with its weight and its mend.

use serde::Serialize;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Weight {
    Fine,
    Mind,
    Broken,
}

#[derive(Debug, Serialize)]
pub(super) struct Finding {
    /// What it is about: the heading it stands under.
    pub about: &'static str,
    pub weight: Weight,
    pub what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mend: Option<String>,
}

#[derive(Default)]
pub(super) struct Findings {
    pub all: Vec<Finding>,
    about: &'static str,
}

impl Findings {
    /// What is found from now on is about this.
    pub(super) fn about(&mut self, heading: &'static str) -> &mut Findings {
        self.about = heading;
        self
    }
    pub(super) fn fine(&mut self, what: impl Into<String>) {
        self.add(Weight::Fine, what.into(), None);
    }
    pub(super) fn mind(&mut self, what: impl Into<String>, mend: &str) {
        self.add(Weight::Mind, what.into(), Some(mend.to_owned()));
    }
    pub(super) fn broken(&mut self, what: impl Into<String>, mend: &str) {
        self.add(Weight::Broken, what.into(), Some(mend.to_owned()));
    }

    fn add(&mut self, weight: Weight, what: String, mend: Option<String>) {
        self.all.push(Finding { about: self.about, weight, what, mend });
    }

    pub(super) fn count(&self, weight: Weight) -> usize {
        self.all.iter().filter(|finding| finding.weight == weight).count()
    }

    /// The findings under their headings, and how many there are of each weight.
    pub(super) fn text(&self) -> String {
        let mut lines = Vec::new();
        let mut heading = "";
        for Finding { about, weight, what, mend } in &self.all {
            if *about != heading {
                heading = about;
                lines.push(format!("{about}:"));
            }
            let sign = match weight {
                Weight::Fine => "ok    ",
                Weight::Mind => "mind  ",
                Weight::Broken => "broken",
            };
            lines.push(format!("{sign}   {what}"));
            lines.extend(mend.iter().map(|mend| format!("         mend: {mend}")));
        }
        let (fine, mind) = (self.count(Weight::Fine), self.count(Weight::Mind));
        lines.push(format!("{fine} ok, {mind} to mind, {} broken", self.count(Weight::Broken)));
        lines.join("\n")
    }
}
