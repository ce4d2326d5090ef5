# The front door.

home-title = Connect apps with care
home-heading = Your { $brand } account, and the apps you let in
home-lede = Here you decide which apps may work for you, see what they may do, and take it back whenever you like.
home-to-account = Go to your account
home-signed-in-as = Signed in as { $email }
home-sign-in = Sign in
home-sign-up = Create an account
home-plain-words = In plain words
home-plain-words-hint = Before anything is shared you read what an app wants, and why some of it deserves a second look.
home-your-choice = Only what you choose
home-your-choice-hint = You say where an app may work. It never sees your password, and never more than you could do yourself.
home-taken-back = Taken back at once
home-taken-back-hint = See when each app was last used. One press ends its access, with immediate effect.
home-demo = Try it: this is a demo
home-demo-open = <b>Open the sample app.</b> <link>{ $app }</link> is a separate program that knows nothing about your password.
home-demo-connect = <b>Press “Connect” there</b> and sign in here as one of these people.
home-demo-email = E-mail
home-demo-password = Password
home-demo-choose = <b>Choose what it may do,</b> and see it at work. Then come back to <link>your account</link> and disconnect it.
