//! Built-in accounts and mail: an address is proven by the link that was mailed to it.
//!
//! What a stranger may ask for (an account, another password) has one answer, whoever has the address: the difference is mailed
//! to it. At most three mails in fifteen minutes go to one address; what is beyond that is not sent, and the answer is the same.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::id::Id;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::account::Wanted;
use symbolon_platform::deed::Deed;
use symbolon_platform::proof::{self, Newcomer, Proof, Purpose};
use symbolon_platform::tenant::Standing;
use symbolon_platform::user::{Login, User};
use symbolon_store::StoreError;
use symbolon_store::audit::{Actor, Audit};
use symbolon_store::change::{Change, MembershipChange, TenantChange, UserChange};
use symbolon_store::tenants::NewMembership;
use symbolon_store::users::Account;

use crate::browser::Browser;
use crate::doors::accounts::{self, Unmade};
use crate::doors::throttle::Tries;
use crate::failure::Failure;
use crate::jobs::Job;
use crate::language::Language;
use crate::letters::{About, Letter};
use crate::request::Request;
use crate::routes::{Address, field};
use crate::state::State;

/// Who asks, from which browser, and what they read.
#[derive(Clone, Copy)]
pub struct Asker<'a> {
    /// The server.
    pub state: &'a State,
    /// The HTTP request.
    pub request: &'a Request,
    /// The browser it came from.
    pub browser: &'a Browser,
    /// The language of the page.
    pub language: Language,
    /// The link of the invitation that they are on the way to.
    pub invitation: Option<&'a str>,
    /// Now.
    pub now: Timestamp,
}

/// A link that is about to be mailed, and its secret.
struct Fresh {
    proof: Proof,
    link: String,
}

/// The language that somebody reads: the one of their last sign-in, else that of the page.
pub(super) fn reads(account: &Account, otherwise: Language) -> Language {
    account.language.as_deref().and_then(Language::named).unwrap_or(otherwise)
}

impl Asker<'_> {
    fn link(&self, purpose: Purpose, address: &str) -> Result<Fresh, Failure> {
        let id = self.state.entropy.new_id(self.now)?;
        let secret = URL_SAFE_NO_PAD.encode(self.state.entropy.new_credential_bytes(id)?);
        let proof = Proof {
            id,
            hash: SecretHash::of(&secret),
            purpose,
            address: address.to_owned(),
            user: None,
            newcomer: None,
            browser: browser_hash(self.browser),
            created_at: self.now,
            expires_at: proof::ends(self.now),
        };
        let page = match purpose {
            Purpose::Reset => Address::Reset,
            Purpose::SignUp | Purpose::Change => Address::Verify,
        };
        let link = page.link().with(field::LINK, &secret);
        let invitation = self.invitation.filter(|_| purpose == Purpose::SignUp);
        let link = invitation.iter().fold(link, |link, secret| link.with(field::INVITATION, secret));
        let link = self.state.absolute(&link);
        Ok(Fresh { proof, link })
    }

    /// Writes the letter down, with its link, if there is room for another mail to this address.
    async fn mail(&self, proof: Option<&Proof>, letter: Letter) -> Result<(), Failure> {
        let Asker { state, request, now, .. } = *self;
        let tries = Tries::to_be_mailed(state, &letter.to);
        if tries.reserve(state, now).await?.is_err() {
            tracing::info!(
                request_id = request.id,
                "a mail was not sent: its address was mailed often enough"
            );
            return Ok(());
        }
        let useless = proof.map(|proof| proof.expires_at);
        let job = state.job(&Job::Mail(letter), useless, now)?;
        match state.store.ask_for_proof(proof, &job).await {
            // The account went away in this very moment.
            Ok(()) | Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
        state.wake_workers();
        Ok(())
    }

    /// Mails to the owner of an address that has an account that somebody wanted to use it.
    async fn mail_owner(&self, owner: &Account) -> Result<(), Failure> {
        let state = self.state;
        let about = About::KnownAddress {
            sign_in: state.absolute(&Address::Login.link()),
            reset: state.absolute(&Address::Reset.link()),
        };
        self.mail(None, Letter::new(owner.user.login.as_str(), reads(owner, self.language), about)).await
    }

    /// Asks for an account. What is mailed depends on who has the address; the answer does not.
    ///
    /// # Errors
    /// [`Failure::Store`] or [`Failure::Busy`]; inside, why nothing was mailed.
    pub async fn for_an_account(
        &self,
        wanted: &Wanted,
        password: &str,
    ) -> Result<Result<(), Unmade>, Failure> {
        let Asker { state, request, now, .. } = *self;
        let password_hash = match accounts::admitted(state, request, (wanted, password), now).await? {
            Ok(hash) => hash,
            Err(unmade) => return Ok(Err(unmade)),
        };
        if let Some(owner) = state.store.load_account_by_email(&wanted.email).await? {
            self.mail_owner(&owner).await?;
            return Ok(Ok(()));
        }
        let Fresh { proof, link } = self.link(Purpose::SignUp, &wanted.email)?;
        let newcomer = Some(Newcomer { name: wanted.name.clone(), password_hash });
        let letter = Letter::new(&wanted.email, self.language, About::ConfirmSignUp { link });
        self.mail(Some(&Proof { newcomer, ..proof }), letter).await?;
        Ok(Ok(()))
    }

    /// Asks for another password for whoever signs in with this address. It is mailed to the address that is stored.
    ///
    /// # Errors
    /// [`Failure::Store`] or [`Failure::Busy`]; inside, the seconds to wait.
    pub async fn for_another_password(&self, address: &str) -> Result<Result<(), u64>, Failure> {
        let Asker { state, request, now, .. } = *self;
        let tries = Tries::to_sign_up(state, request);
        if let Err(seconds) = tries.reserve(state, now).await? {
            return Ok(Err(seconds));
        }
        tries.stays(state, request, now).await?;
        let found = state.store.load_account_by_login(address).await?;
        let Some(account) = found.filter(|account| account.user.standing == Standing::Active) else {
            return Ok(Ok(()));
        };
        let own = account.user.login.as_str();
        let Fresh { proof, link } = self.link(Purpose::Reset, own)?;
        let about = About::ResetPassword { name: account.user.name.clone(), link };
        let letter = Letter::new(own, reads(&account, self.language), about);
        self.mail(Some(&Proof { user: Some(account.user.id), ..proof }), letter).await?;
        Ok(Ok(()))
    }

    /// Asks that an account may sign in with this address. Its person has just said their password.
    ///
    /// # Errors
    /// [`Failure::Store`] or [`Failure::Busy`]; inside, the seconds to wait.
    pub async fn for_another_address(&self, user: &User, address: &str) -> Result<Result<(), u64>, Failure> {
        let Asker { state, request, now, .. } = *self;
        let tries = Tries::to_sign_up(state, request);
        if let Err(seconds) = tries.reserve(state, now).await? {
            return Ok(Err(seconds));
        }
        tries.stays(state, request, now).await?;
        let owner = state.store.load_account_by_email(address).await?;
        if let Some(owner) = owner {
            if owner.user.id != user.id {
                self.mail_owner(&owner).await?;
            }
            return Ok(Ok(()));
        }
        let Fresh { proof, link } = self.link(Purpose::Change, address)?;
        let letter = Letter::new(address, self.language, About::ConfirmAddress { link });
        self.mail(Some(&Proof { user: Some(user.id), ..proof }), letter).await?;
        Ok(Ok(()))
    }

    /// The link of this secret, while it works.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn presented(&self, secret: &str) -> Result<Option<Proof>, Failure> {
        let bytes = URL_SAFE_NO_PAD.decode(secret).ok().filter(|bytes| bytes.len() == 32);
        let Some(id) = bytes.and_then(|bytes| Id::from_slice(&bytes[..16])) else { return Ok(None) };
        let found = self.state.store.load_proof(id).await?;
        Ok(found.filter(|proof| proof.is_live(SecretHash::of(secret), self.now)))
    }

    fn deed(&self, deed: Deed, user: &User) -> Result<Audit, Failure> {
        Ok(self.state.deed(self.request, deed, Actor::User(user.id), self.now)?.user(user.id))
    }

    /// Takes a link and does what it is for; `false` when somebody else was first, or something changed.
    async fn take(
        &self,
        proof: &Proof,
        changes: &[Change],
        letter: Option<Letter>,
        deeds: Vec<Audit>,
    ) -> Result<bool, Failure> {
        let jobs = match letter {
            Some(letter) => vec![self.state.job(&Job::Mail(letter), None, self.now)?],
            None => Vec::new(),
        };
        match self.state.store.accept_proof(proof, changes, &jobs, &deeds).await {
            Ok(()) => {
                self.state.wake_workers();
                for deed in deeds {
                    self.request.trail.did(deed.action);
                }
                Ok(true)
            }
            Err(StoreError::Conflict) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// What takes an address from whoever only typed it, with its deed.
    async fn displacing(&self, address: &str, by: &User) -> Result<(Vec<Change>, Vec<Audit>), Failure> {
        let found = self.state.store.load_account_by_login(address).await?;
        let Some(other) = found.filter(|other| !other.user.login.is_proven() && other.user.id != by.id)
        else {
            return Ok((Vec::new(), Vec::new()));
        };
        let deed = self.state.deed(self.request, Deed::LoginDisplaced, Actor::User(by.id), self.now)?;
        let deed = deed.user(other.user.id);
        Ok((vec![UserChange::Displace(other.user).into()], vec![deed]))
    }

    /// Makes the account that a link is for, with this password. `None` when the link is over.
    ///
    /// # Errors
    /// [`Failure::Store`] or [`Failure::Busy`].
    pub async fn make_account(
        &self,
        proof: &Proof,
        name: &str,
        password_hash: &str,
    ) -> Result<Option<User>, Failure> {
        let (state, now) = (self.state, self.now);
        let wanted = Wanted { name: name.to_owned(), email: proof.address.clone() };
        let (id, space) = (state.entropy.new_id(now)?, state.entropy.new_id(now)?);
        let (user, tenant) = wanted.proven_account(id, space);
        let membership = NewMembership::of_oneself(tenant.id, id, now);
        let (mut changes, mut deeds) = self.displacing(&proof.address, &user).await?;
        let password_hash = Some(password_hash.to_owned());
        changes.push(UserChange::Create { user: user.clone(), password_hash, at: now }.into());
        changes.push(TenantChange::Create { tenant, at: now }.into());
        changes.push(MembershipChange::Put { old: None, new: membership }.into());
        deeds.push(self.deed(Deed::UserSignedUp, &user)?);
        deeds.push(self.deed(Deed::AddressConfirmed, &user)?);
        let made = self.take(proof, &changes, None, deeds).await?;
        if made {
            self.request.trail.person(&user.external_id);
        }
        Ok(made.then_some(user))
    }

    /// Sets the password of the account that a link is for; every session and connection from before is over. Whoever only
    /// typed the address until now has proven it by that. What others opened in the account meanwhile is taken away.
    ///
    /// # Errors
    /// [`Failure::Store`] or [`Failure::Busy`]; `false` when the link is over.
    pub async fn set_password(
        &self,
        proof: &Proof,
        account: &Account,
        hash: String,
    ) -> Result<bool, Failure> {
        let now = self.now;
        let user = &account.user;
        let mut changes: Vec<Change> = vec![UserChange::SetPassword { user: user.id, hash, at: now }.into()];
        let mut deeds = vec![self.deed(Deed::PasswordChanged, user)?.detail("by a link that was mailed")];
        if !user.login.is_proven() {
            changes.push(UserChange::EndConnections { user: user.id, at: now }.into());
            let login = Login::Email(proof.address.clone());
            changes.push(UserChange::SetLogin { old: user.clone(), login }.into());
            deeds.push(self.deed(Deed::AddressConfirmed, user)?);
        }
        let reset = self.state.absolute(&Address::Reset.link());
        let about = About::PasswordSet { name: user.name.clone(), reset };
        let letter = Letter::new(&proof.address, reads(account, self.language), about);
        self.take(proof, &changes, Some(letter), deeds).await
    }

    /// Has the account sign in with the address that a link is for, and tells the address before.
    ///
    /// # Errors
    /// [`Failure::Store`] or [`Failure::Busy`]; `false` when the link is over.
    pub async fn set_address(&self, proof: &Proof, account: &Account) -> Result<bool, Failure> {
        let user = &account.user;
        let (mut changes, mut deeds) = self.displacing(&proof.address, user).await?;
        let login = Login::Email(proof.address.clone());
        changes.push(UserChange::SetLogin { old: user.clone(), login }.into());
        deeds.push(self.deed(Deed::LoginChanged, user)?);
        deeds.push(self.deed(Deed::AddressConfirmed, user)?);
        let letter = user.email().map(|before| {
            let about = About::AddressChanged { name: user.name.clone(), address: proof.address.clone() };
            Letter::new(before, reads(account, self.language), about)
        });
        self.take(proof, &changes, letter, deeds).await
    }
}

/// What a link remembers of the browser that asked.
#[must_use]
pub fn browser_hash(browser: &Browser) -> SecretHash {
    SecretHash::of(browser.name())
}
