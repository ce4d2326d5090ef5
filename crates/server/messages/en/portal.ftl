# The developer portal: one's apps, and the settings of each.

portal-your-apps = Your apps
portal-to-account = Your account
portal-places = Developer portal
portal-docs = How to connect
portal-create = Create an app
portal-create-from-manifest = Create it from a manifest
portal-find = Find an app by its name or client ID
portal-find-submit = Find
portal-found-none = No app of yours has that in its name.
portal-all-apps = Show all of them
portal-first-page = First page
portal-next-page = Next page
portal-no-apps = You have no app yet.
portal-no-apps-what = An app is a program that people let into their { $brand } account, so that it can work with their data.
portal-may-not-create = Whoever runs this server makes apps here. Ask them for one.
portal-of-organisation = { $organisation }
portal-connected = { $count ->
    [0] Not connected by anybody
    [one] Connected by { $count } account
   *[other] Connected by { $count } accounts
}
portal-connected-more = Connected by more than { $count } accounts
portal-secret-ends = A secret ends on { $when }
portal-status-development = In development
portal-status-live = Live
portal-status-suspended = Stopped
portal-deleted = The app is deleted, and nobody is connected to it any more.

portal-rooms = Settings of this app
portal-room-overview = Overview
portal-room-identity = Name and links
portal-room-icon = Icon
portal-room-redirects = Redirect URIs
portal-room-scopes = Permissions
portal-room-credentials = Credentials
portal-room-dialect = How it connects
portal-room-testers = Testers
portal-room-team = Team
portal-room-manifest = Manifest
portal-room-danger = Delete

portal-locked-viewer = You can look at this app and not change it: your role in its organisation is to look. Ask an owner for another role.
portal-locked-staff = You look at this app because you work for { $brand }. Its own developers change it.
portal-locked-owners = Only owners of its organisation can do this.
portal-locked-live = This app is live, and this was reviewed, so it cannot be changed here.
portal-locked-live-list = This app is live: what was reviewed here can be taken away at once, and nothing can be added.
portal-locked-suspended = This app is stopped, so nothing of it can be changed. Ask { $brand } why.
portal-reviewed = This app is live: name, publisher and home page were reviewed and stay as they are. The rest can be changed.
portal-save = Save
portal-saved = Saved.
portal-taken = Taken away.
portal-changed-meanwhile = Somebody else changed this app while the page was open, so nothing was saved. This is what it is now: make your change once more.
portal-copy = Copy
portal-copied = Copied
portal-not-copied = Your browser did not let us copy. Select the text and copy it yourself.

portal-name = Name
portal-name-hint = What people see when they connect it. Letters, no tricks, 100 characters at most.
portal-organisation = Whose app it is
portal-preset = What kind of app is it?
portal-preset-web = A web app with a server
portal-preset-single-page = A single-page app in the browser
portal-preset-native = A mobile or desktop app
portal-preset-command-line = A command line tool
portal-preset-agent = An AI agent
portal-preset-platform = Filled in for { $platform }, with the labels of its form
portal-manifest = Manifest, TOML or JSON
portal-manifest-hint = When there is a manifest it says everything, the name too, and the fields above do not count.
portal-manifest-file = Or as a file
portal-manifest-file-hint = A chosen file counts, and the text above does not. 32 KiB at most.
portal-manifest-file-large = This file is larger than 32 KiB. A manifest is a short text: is it the right file?
portal-manifest-file-no-text = This file is not text in UTF-8. Choose the TOML or JSON file of the app.
portal-manifest-lede = The whole definition of this app as one text. Keep it beside your source, or make another app of it. There is no secret in it.
portal-manifest-apply = Make the app like this
portal-manifest-line = Line { $line }: { $message }
portal-manifest-whole = { $message }
portal-manifest-applied = The app is what the manifest says.

portal-created = { $app } is there.
portal-secret-made = The secret is made.
portal-client-id = Client ID
portal-secret = Client secret
portal-secret-once = Store this secret now.
portal-secret-once-why = It is shown this once: we keep only a mark of it, and nobody can tell it to you later.
portal-no-secret = This app keeps no secret: it proves itself with PKCE alone, as programs do that run on people’s own devices.
portal-secret-on-demand = This app has no secret yet. Make one when you need it: it is shown once, and making another ends the one before.
portal-stored = I have stored it
portal-go-on = Go on
portal-old-until = The secret before this one works until { $when }.
portal-accounts = Connections
portal-missing = Before anybody can connect it
portal-missing-redirect = Say where people are sent back to: it has no redirect URI.
portal-missing-secret = Make a secret: it has none that works.
portal-missing-scopes = Say what it may do: it asks for no permission.
portal-code = Code that connects it
portal-code-hint = Run it without arguments, open the address that it prints, and run it again with the code you come back with. The secret comes from the environment.
portal-platform = What to enter in { $platform }
portal-platform-redirect = There, a redirect URI of your own is shown as “{ $label }”. Add it to the redirect URIs of this app first.
portal-platform-secret = Make a secret, and enter it there
portal-addresses = Its addresses
portal-address-authorize = Where people are sent
portal-address-token = Where codes become tokens
portal-address-revoke = Where tokens are ended
portal-address-introspect = Where tokens are looked up
portal-address-userinfo = Who is it
portal-address-identity = Who is it
portal-address-client = What is this app
portal-address-metadata = Metadata
portal-address-resource-metadata = Metadata of the resource
portal-address-me = Whose token is this

portal-icon-lede = The picture that people see beside its name. We draw it anew, so nothing of the file stays but its pixels.
portal-icon-now = The icon of { $app }
portal-icon-none = It has no icon: people see its letters.
portal-icon-file = Picture
portal-icon-file-hint = PNG, JPEG or WebP, 64 to 2048 pixels wide and high, 1 MiB at most.
portal-icon-crop = Which square of it
portal-icon-crop-hint = In pixels of the picture. Left empty, it is the middle.
portal-icon-crop-x = From the left
portal-icon-crop-y = From above
portal-icon-crop-size = Width and height
portal-icon-preview = This is how it will look. It is not saved yet.
portal-icon-keep = Use this icon
portal-icon-remove = Take the icon away

portal-publisher = Publisher
portal-publisher-hint = Who makes it, as people will read it. Leave it empty if it is you.
portal-homepage = Home page
portal-homepage-hint = Where people learn more about it.
portal-description = Description
portal-description-hint = What it does, in a sentence or two.
portal-categories = Categories
portal-categories-hint = Up to five words of small letters, with blanks between them: calendar notes
portal-support = Help
portal-support-hint = Where people get help with it.
portal-privacy = Privacy policy
portal-privacy-hint = What it does with people’s data.
portal-terms = Terms of use
portal-terms-hint = What people agree to.

portal-redirect = Redirect URI { $number }
portal-redirects-hint = People are sent back to one of these, spelled exactly like this, and nowhere else.
portal-redirects-more = Save to get more rows. An emptied row is taken away.
portal-redirect-used-lately = Used in the last 30 days.
portal-redirect-used = Last used { $when }.
portal-redirect-never-used = Not used yet, as far as we know.
portal-redirect-remove = Take a redirect URI away
portal-redirect-remove-title = Take this redirect URI away?
portal-redirect-remove-what = At once, nobody is sent back there any more. Connections go on.
portal-remove = Take away
portal-remove-confirm = Yes, take it away
portal-remove-keep = Keep it
portal-redirect-loopback = Any port will do here: it need not be written.

portal-scopes-hint = What it may ask people for. They read exactly these words.
portal-no-scopes = No permissions are declared on this server.
portal-scope-optional = People may leave it out
portal-scope-remove = Take a permission away
portal-scope-remove-title = Take “{ $scope }” away?
portal-scope-held = { $count ->
    [0] No connection has it.
    [one] { $count } connection has it and loses it at once.
   *[other] { $count } connections have it and lose it at once.
}
portal-scope-held-more = More than { $count } connections have it and lose it at once.
portal-scope-reason = Why it needs “{ $scope }”
portal-preview = Preview
portal-preview-language = Language
portal-preview-hint = The whole page, as the choices above make it. Nothing can be allowed on it.
portal-preview-page = Open it as a page
preview-place = Example Clinic
theme-light = Light
theme-dark = Dark
portal-preview-heading = What people will read

portal-secrets-none = It has no secret yet, so it cannot prove itself.
portal-secret-by = Made by { $author } { $when }
portal-secret-since = Made { $when }
portal-secret-endless = No end
portal-secret-end = End now<hidden> …{ $hint }</hidden>
portal-secret-ended = The secret is ended. Whoever still uses it is refused.
portal-secret-add = Make a secret
portal-secret-add-hint = It is shown once, when it is made.
portal-secret-rotate = Replace the secret
portal-secret-rotate-hint = The new one works at once, and the old one as long as you choose, so that you can change over without an interruption.
portal-secret-full = Two secrets work at the moment, and that is as many as there can be. End one first.
portal-secret-name = What it is for
portal-secret-name-hint = A word that tells it apart: production, CI.
portal-overlap = How many hours the old secret …{ $hint } goes on working
portal-overlap-hint = 0 to 168. With 0 it ends at once.
portal-overlap-wrong = Write a number of hours from 0 to 168.
portal-life = How long the new one works
portal-life-never = Until it is ended
portal-life-days = { $count } days

portal-dialect = What it speaks
portal-dialect-hint = Names and shapes of requests. Take the standard one unless you know why not.
portal-type = Can it keep a secret?
portal-type-confidential = Yes
portal-type-confidential-hint = It runs on a server of yours.
portal-type-public = No
portal-type-public-hint = It runs in a browser, on a phone, a desktop or a command line.
portal-level = For whom does it act?
portal-level-user = For each person who connects it
portal-level-tenant = For a whole organisation that installs it
portal-native = It is installed on people’s own devices.
portal-native-hint = Schemes of one word and any port of http://localhost are allowed then, and people are warned.
portal-pkce = Its platform cannot do PKCE.
portal-pkce-hint = Only for apps that keep a secret. PKCE protects people from stolen codes: leave this off if you can.

portal-testers-hint = While an app is in development, only its team and its testers can connect it. Whoever is invited has a place until the invitation ends.
portal-testers-count = { $count } of { $most } places taken
portal-tester-tenant = Everybody there
portal-tester-by = Invited by { $by } { $when }
portal-tester-since = Invited { $when }
portal-tester-remove = Take off<hidden> { $tester }</hidden>
portal-tester-removed = They can no longer connect the app.
portal-tester-add = Invite
portal-tester-invited = The invitation is on its way. It works once, within seven days, and only for that address.
portal-tester-email = E-mail address
portal-tester-email-hint = They sign in with this address to accept, within seven days. Whoever has no account here yet makes one.
portal-tester-already = Whoever has this address is a tester already.
portal-tester-full = Every place is taken. Take somebody off, or take an invitation back, to make room.

portal-team-hint = Whoever is in its organisation develops this app.
portal-team-manage = Who is in, and as what
portal-team-none = This app is of whoever runs this server, and in no organisation.

portal-delete = Delete { $app }
portal-delete-what = This cannot be taken back. At once and for good, it ends:
portal-delete-secrets = { $count ->
    [0] No secret works
    [one] { $count } secret stops working
   *[other] { $count } secrets stop working
}
portal-delete-type = Type its name, { $app }, to confirm
portal-delete-wrong = That is not its name. Nothing was deleted.
portal-delete-submit = Delete it for good

unfit-client-id = This cannot be a client ID.
unfit-scope = There is no permission called { $scope }.
unfit-optional-scope = People can leave { $scope } out only if the app asks for it: choose it, too.
unfit-nobody-named = Name the publisher first.
unfit-confidential-without-proof = An app that keeps a secret has to prove itself with it.
unfit-public-with-proof = An app that cannot keep a secret proves itself with PKCE alone.
unfit-public-without-pkce = An app that cannot keep a secret always uses PKCE: untick this.
unfit-native-without-pkce = An app on people’s own devices always uses PKCE, because any program can claim its address: untick one of the two.
unfit-public-as-itself = An app that cannot keep a secret cannot act for itself.
unfit-refresh-alone = Refresh tokens come from codes only: allow codes, too.
unfit-dialect = { $dialect } is not spoken here.
unfit-public-in-dialect = { $dialect } is for apps that keep a secret: choose that above, or the standard.
unfit-grant-type = Only whoever runs this server lets an app act for itself (client_credentials).
unfit-name-empty = Write something here.
unfit-name-hidden = There is a character in it that cannot be seen or that turns text around. Type it anew.
unfit-name-long = It is longer than { $most } characters.
unfit-name-stacked = There are too many marks above or below one letter.
unfit-icon-none = Choose a picture first.
unfit-icon-file = This file is larger than 1 MiB. Save the picture smaller.
unfit-icon-kind = This is none of the pictures that are taken: PNG, JPEG and WebP.
unfit-icon-size = It must be 64 to 2048 pixels wide and high.
unfit-icon-svg = This is an SVG, which can hold scripts. Export it as PNG, at 256 pixels or more.
unfit-icon-polyglot = There is something else behind the picture in this file. Open it in a picture program and export it anew.
unfit-icon-crop = There is no such square: give whole pixels, inside the picture, 64 wide at least.
unfit-icon-damaged = This file is damaged: it cannot be read to its end.
unfit-link-address = This is not a web address. Write it in full: https://example.com
unfit-link-scheme = It must begin with https:// (http:// is for this machine only).
unfit-link-user = Leave out what stands before the @.
unfit-link-long = It is too long.
unfit-category = A category has small letters, digits and hyphens, 30 at most.
unfit-categories = There are more than five categories.
unfit-redirect-absolute = Write the whole address: https://app.example.com/callback
unfit-redirect-character = There is a character in it that an address cannot hold. Write it percent-encoded, and hosts in punycode.
unfit-redirect-long = It is longer than 2000 characters.
unfit-redirect-fragment = Leave out the # and what follows it: browsers do not send that.
unfit-redirect-user = Leave out user and password before the host.
unfit-redirect-wildcard = Leave out the *: every address is registered in full, so that nobody else can be answered.
unfit-redirect-dots = Write the path without . and .. segments.
unfit-redirect-http = Use https. Plain http is for 127.0.0.1, [::1] and localhost only.
unfit-redirect-host = It has no host.
unfit-redirect-spelling = Write scheme and host as browsers do: in small letters, IP addresses in full.
unfit-redirect-scheme = This scheme shows or runs content instead of opening an app.
unfit-redirect-dotless = Use a domain name of yours in reverse as scheme, such as com.example.app:/callback, or say under “How it connects” that it is installed on people’s own devices.
unfit-redirect-copied = Codes that people copy by hand can be talked out of them. Use http://127.0.0.1/callback, any port of which will do.
unfit-redirect-query = Its query uses a name that the answer needs itself: code, state, iss, error.
unfit-redirect-many = More than 20 addresses do not fit.
