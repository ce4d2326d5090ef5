# Signing in, signing up, signing out, and the address that one signs in with.

email-label = E-mail address
password-label = Password
continue-to-app = to continue to <b>{ $app }</b>

login-title = Sign in
login-heading = Sign in
login-with-brand = with your { $brand } account
login-again = You are signed in. To be sure that it is you, enter your password once more.
login-submit = Sign in
login-no-account = New to { $brand }? <link>Create an account</link>
login-forgotten = <link>Forgot your password?</link>
login-mismatch = E-mail and password do not match. Check both and try again.
login-throttled = Too many tries. Wait { $wait }, then try again. Your account is not locked.
login-expired = This page was open for too long to be safe. Please sign in again.
login-no-email = Enter your e-mail address.
login-no-password = Enter your password.

signup-title = Create an account
signup-heading = Create your account
signup-with-brand = One account for { $brand } and every app you connect
signup-name-label = Your name
signup-password-hint = At least 10 characters. Anything goes: words, spaces, any alphabet. Password managers and pasting work.
signup-submit = Create account
signup-accept-both = By creating an account you accept the <terms>terms of use</terms> and the <privacy>privacy policy</privacy> of { $brand }.
signup-accept-terms = By creating an account you accept the <terms>terms of use</terms> of { $brand }.
signup-accept-privacy = By creating an account you accept the <privacy>privacy policy</privacy> of { $brand }.
signup-have-account = Have an account already? <link>Sign in</link>
signup-throttled = Too many new accounts from your network. Wait { $wait }, then try again.
signup-expired = This page was open for too long to be safe. Please send it once more.
signup-no-name = Enter your name, as you would like to be addressed.
signup-long-name = Shorten your name to 100 characters.
signup-not-an-email = Enter a whole e-mail address, such as jane@example.com.
signup-email-taken = This address has an account already. Sign in instead, or use another address.
signup-short-password = Use at least 10 characters. A few words with spaces make a good password.
signup-guessable-password = This password is among the first that others would try. A few unrelated words make a good one.
signup-long-password = Use at most 1,000 characters.

logout-title = Sign out
logout-heading = Sign out?
logout-effect = This browser will be signed out of { $brand }. Connected apps stay connected.
logout-stay = Stay signed in
logout-submit = Sign out

logged-out-title = Signed out
logged-out-heading = You are signed out
logged-out-advice = See you soon. On a shared computer, close this browser window too.
logged-out-again = Sign in again

address-title = Sign-in address
address-heading = Choose how you sign in
address-displaced = The address you signed in with belongs to somebody else. Choose another one.
address-effect = Your password and everything you connected stay as they are.
address-submit = Sign in with this address
address-effect-mailed = We mail a link to the address. Once you open it here, you sign in with that address; until then nothing changes.
address-password-label = Your password, to be sure that it is you
address-submit-mailed = Mail a link to this address
address-mismatch = This is not your password. Check it and try again.
address-back = Back to your account
address-taken = Another account signs in with this address. Use another one.
address-throttled = Too many addresses were tried from your network. Wait { $wait }, then try again.
