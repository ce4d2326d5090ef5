//! `prompt` and `max_age` (OpenID Connect Core §3.1.2.1): when a page must be shown.

use super::{AuthorizationRequest, RequestParameters, parameter, wrong};
use crate::error::Refusal;
use crate::reason::Reason;
use crate::time::Timestamp;

/// When a page must be shown (OpenID Connect Core §3.1.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    /// No page at all.
    pub none: bool,
    /// Sign in again.
    pub login: bool,
    /// Consent again.
    pub consent: bool,
    /// Choose who you are again; answered like `login`.
    pub select_account: bool,
}

impl AuthorizationRequest {
    /// Whether no sign-in from before this request will do.
    #[must_use]
    pub fn wants_new_sign_in(&self) -> bool {
        self.prompt.login || self.prompt.select_account || self.max_age == Some(0)
    }

    /// Whether a sign-in is as fresh as this request wants it, which `began` at that moment (OpenID Connect Core
    /// §3.1.2.1). `not_before` is when the person last asked to be somebody else.
    #[must_use]
    pub fn accepts_sign_in(
        &self,
        auth_time: Timestamp,
        began: Timestamp,
        not_before: Option<Timestamp>,
    ) -> bool {
        let again = self.prompt.login || self.prompt.select_account;
        let by_prompt = again.then_some(began);
        let by_age = self.max_age.map(|age| Timestamp(began.0.saturating_sub(age.saturating_mul(1000))));
        [by_prompt, by_age, not_before].into_iter().flatten().all(|after| auth_time >= after)
    }
}

/// OpenID Connect Core §3.1.2.1. Unknown values are ignored, as unknown parameters are.
pub(super) fn prompt(parameters: &RequestParameters) -> Result<Prompt, Refusal> {
    let mut prompt = Prompt::default();
    let mut others = false;
    for value in
        parameters.get(parameter::PROMPT).unwrap_or_default().split(' ').filter(|value| !value.is_empty())
    {
        match value {
            "none" => prompt.none = true,
            "login" => prompt.login = true,
            "consent" => prompt.consent = true,
            "select_account" => prompt.select_account = true,
            _ => {}
        }
        others |= value != "none";
    }
    if prompt.none && others {
        return Err(wrong(Reason::PromptNoneWithOthers, "prompt=none cannot be combined with another value"));
    }
    Ok(prompt)
}

pub(super) fn max_age(parameters: &RequestParameters) -> Result<Option<i64>, Refusal> {
    let Some(text) = parameters.get(parameter::MAX_AGE) else { return Ok(None) };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<i64>() {
        Ok(seconds) if digits => Ok(Some(seconds)),
        _ => Err(wrong(Reason::MaxAge, "max_age is a whole number of seconds")),
    }
}
