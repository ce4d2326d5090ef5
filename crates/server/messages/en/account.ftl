# One's own page, and the page that asks before an app is disconnected.

account-title = Your account
account-sign-out = Sign out
account-developers = Developers
account-hello = Hello, { $name }
account-address = <link>Sign in with another address</link>
account-unproven-mails = You sign in with this address. It is not confirmed, so no app is told it. <link>Confirm it, or use another</link>
account-unproven = You sign in with this address. It is not confirmed, so no app is told it. <link>Use another</link>
account-displaced = <b>You need another address to sign in.</b> The one you used belongs to somebody else. <link>Choose one now</link>, before you sign out.
account-disconnected = <b>{ $app } is disconnected.</b> It can no longer reach your account.
account-signed-out-there = <b>Signed out there.</b> Whoever uses that browser has to sign in again. Connected apps stay connected.
account-signed-out-elsewhere = <b>Signed out everywhere else.</b> Only this browser is still signed in.
account-password-changed = <b>Your password is changed.</b> You are signed out everywhere else. If somebody else knew the old one, look through your connected apps, too, and disconnect what you do not know.

account-apps = Connected apps
account-apps-count = { $count ->
    [one] { $count } app connected
   *[other] { $count } apps connected
}
account-no-apps = No app is connected.
account-no-apps-hint = When you connect one, you see here what it may do, when it was last used, and you can end it with one press.
account-whole-tenant = For the whole of { $tenant }
account-in-tenant = In { $tenant }
account-last-used = Last used { $when }
account-not-used = Not used yet
account-connected = Connected { $when }
account-ends-on = Ends on { $date }
account-paused = Paused
account-paused-app = This app is suspended and cannot do anything at present.
account-paused-development = This app is still in development, and you are not, or no longer, one of its testers.
account-paused-expired = This connection has expired.
account-paused-ended = This connection was ended.
account-paused-tenant = This app cannot do anything at present, because the place it is connected to is not active.
account-paused-membership = This app cannot do anything at present, because you are no longer a member there.
account-paused-user = This app cannot do anything at present, because your account there is not active.
account-paused-otherwise = This app cannot do anything at present.
account-reused = Session ended
account-reused-why = We did this to be safe. The app came { $when } with a key that had been used before: copied keys look like that, and so do simple mistakes. If it asks, connect it again.
account-permissions = What it may do <count>({ $count })</count><hidden> – { $app }</hidden>
account-connected-exactly = Connected { $when }.
account-last-used-exactly = Last used { $when }.
account-disconnect = Disconnect<hidden> { $app }</hidden>
account-disconnect-from = Disconnect<hidden> { $app } from { $tenant }</hidden>

account-browsers = Where you are signed in
account-this-browser = This browser
account-signed-in = Signed in { $when }
account-end-session = End<hidden> the session of { $browser }, signed in { $when }</hidden>
account-in-use = In use now
account-from = From { $place }
account-end-this = End<hidden> this session and sign out here</hidden>
account-change-password = Change password
account-end-others = Sign out everywhere else
account-apps-stay = Connected apps stay connected.

disconnect-title = Disconnect { $app }
disconnect-heading = Disconnect { $app }?
disconnect-from = from <b>{ $tenant }</b>
disconnect-changed = <b>Something changed while this page was open.</b> Nothing was disconnected. Look at it again, then decide.
disconnect-at-once = Its access ends <b>at once</b>.
disconnect-at-once-for-everyone = Its access ends <b>at once</b>, <b>for everyone</b> who uses it there.
disconnect-copies = What it has copied or changed before stays as it is. Ask its makers to delete what they hold.
disconnect-again = To use it again, connect it again: it will have to ask you first.
disconnect-permissions = What it can do today <count>({ $count })</count>
disconnect-keep = Keep it
disconnect-submit = Disconnect
