# Links that are mailed: asking for one, opening it, and what is told on the way.

reset-title = Forgotten password
reset-heading = Set another password
reset-effect = Enter the address you sign in with. We mail you a link with which you set another password.
reset-submit = Mail me a link
reset-back = Back to the sign-in
reset-throttled = Too many requests from your network. Wait { $wait }, then try again.

new-password-label = New password
new-password-heading = Choose a new password
new-password-effect = For the account of { $address }. You are signed out everywhere, and apps that act for you have to be connected again.
new-password-submit = Set this password
new-password-sign-up-heading = Create your account
new-password-sign-up-effect = Somebody, hopefully you, asked for an account with { $address } in another browser. Choose a password for it here: the one typed there is not used.
new-password-sign-up-submit = Create account

verify-heading = Confirm your address
verify-sign-up = An account named { $name } is made that signs in with { $address }.
verify-change = Your account signs in with { $address } from now on.
verify-submit = Confirm
verify-not-you = Was it not you? Close this page: nothing happens.

mailed-heading = Look into your mail
mailed-lede = We mailed { $address }. Open the link in that mail within one hour.
mailed-hint = Nothing there after a few minutes? Look among the spam, and check the address.
mailed-onward = I opened the link: continue

link-over-heading = This link no longer works
link-over-lede = It was used, is older than one hour, or another one took its place. Ask for a new one.
link-over-onward = Back to the sign-in

sign-in-first-heading = Sign in first
sign-in-first-lede = This link changes the address of an account. Sign in to that account in this browser, then open the link once more.
sign-in-first-onward = Sign in

password-set-heading = Your new password is set
password-set-lede = You were signed out everywhere.
password-set-onward = Sign in
