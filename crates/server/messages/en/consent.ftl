# The page that asks for consent, what it says when something changed, and the step back to the app.

consent-title = Connect { $app }
consent-stay = Stay on this page
consent-heading = { $app } wants to access your { $brand } account
consent-publisher = By { $publisher }
consent-verified = Verified publisher
consent-not-verified = Not verified by { $brand }
consent-in-development = <b>Still being built.</b> Its developers are testing this app and { $brand } has not reviewed it. Go on only if you know them.
consent-signed-in-as = You are signed in as
consent-use-another-account = Use another account

consent-where = Where { $app } may work
consent-whole-tenant = For the whole of { $tenant }, not only for you
consent-own-space = As you, in your own space
consent-in-tenant = As you, in { $tenant }
consent-in-tenant-as = As you, in { $tenant }, as { $role }
consent-role-cannot-give = Your role here cannot give: { $permissions }.
consent-tenant-disabled = It is not active at present.
consent-role-may-not-install = Your role there may not connect apps for everyone. Ask an administrator.
consent-role-gives-too-little = Your role there cannot give what this app asks for.
consent-found = <b>Connected by somebody else.</b> { $app } works here for everyone already. You are asked this once, so that you know what it is and what it may do.
consent-nowhere = You have no place where { $app } could work. Ask an administrator, or use another account.
consent-choose-where = Choose where { $app } may work.
consent-choice-unusable = That choice cannot be used. Choose another one.

consent-will-be-able = It will be able to
consent-knows-you = know who you are and where you let it work. { $app } asks for nothing more.
consent-nothing-new = Nothing new to allow
consent-connected-here = { $app } is connected here, and it asks for nothing more.
consent-connected-before = You have connected { $app } before, and it asks for nothing more.
consent-also-wants = New: it also wants to
consent-group-restricted = Restricted: give this only to apps you trust fully
consent-group-sensitive = Sensitive: worth a second look
consent-group-everyday = Everyday
consent-already-allowed = Already allowed <count>({ $count })</count>
consent-restricted = Restricted
consent-sensitive = Sensitive
consent-optional = Optional
consent-includes = Includes: { $permissions }
consent-withheld = Your role cannot give this, so the app will not get it.

consent-mark-new = New
consent-mark-changed = Changed
consent-mark-required = No longer optional
consent-mark-includes-more = Includes more
consent-mark-new-address = New address

consent-only-at = Only at <b>{ $resource }</b>
consent-acts-as-you = It acts as you, { $person }
consent-lasts = Access lasts until you disconnect it. You can do that any time in <link>Connected apps</link>.
consent-ends-on = Access ends on <b>{ $date }</b>, or when you disconnect it. You can do that any time in <link>Connected apps</link>.
consent-your-data = What { $app } does with your data is up to its makers.
consent-privacy-policy = Privacy policy
consent-terms = Terms
consent-homepage = Home page
consent-did-you-start = <b>Did you start this yourself?</b> The access goes to a program running on this computer. Allow it only if you have just started that program.
consent-back-to = You will go back to { $place }
consent-cancel = Cancel
consent-allow = Allow

consent-changed = <b>Something changed while this page was open.</b> Nothing was given yet. Look at it again, then decide.
consent-changed-since = <b>Something changed since you allowed this.</b> Look at it, then decide whether it may go on.
consent-changed-person = The page was shown to somebody else; you are signed in as { $person }.
consent-changed-name = The app was called { $was }; it is now called { $app }.
consent-changed-look = The picture, publisher or links of the app have changed, or whether it was reviewed.
consent-changed-version = The makers of the app have released another version of it.
consent-changed-resource = The service it would work with is another one.
consent-changed-destination = You would go back to another address, no longer to { $place }
consent-changed-tenant = The place you chose has another name, or is open to the app only now.
consent-changed-reach = At the place you chose the app would act for somebody else than before.
consent-changed-new = It would also get this: { $permission }.
consent-changed-words = This is described in other words: { $permission }.
consent-changed-required = You left this out, and it cannot be left out any more: { $permission }.
consent-changed-includes = This includes more than it did: { $permission }.

onward-title = Continue
onward-heading = One more step
onward-place = Your answer is ready. Send it on to { $place }
onward-submit = Continue
