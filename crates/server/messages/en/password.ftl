# Another password for one's own account.

password-title = Password
password-heading = Change your password
password-effect = You will be signed out everywhere else. Connected apps stay connected.
password-current-label = Your password today
password-new-label = New password
password-submit = Change password
password-no-current = Enter the password that you sign in with today.
password-wrong-current = This is not your password. Check it and try again.
password-same = This is your password already. Choose another one.
password-none = Your account has no password, so there is none to change.
password-none-ask = If you want to sign in with one, ask <link>the support of { $brand }</link>.
password-none-ask-whoever = If you want to sign in with one, ask whoever runs { $brand }.
