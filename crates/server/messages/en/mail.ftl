# What is mailed to people. Sentences only: no element can stand in the text of a mail.

mail-hello = Hello { $name },

mail-sign-up-subject = Confirm your address for { $brand }
mail-sign-up-why = Somebody, hopefully you, wants an account at { $brand } with this address. It is made once you confirm that the address is yours, within one hour:
mail-sign-up-button = Confirm my address
mail-sign-up-not-you = If it was not you, do nothing: no account is made, and you hear no more of it.

mail-known-subject = You have an account at { $brand } already
mail-known-why = Somebody, hopefully you, wanted to use this address at { $brand }. It has an account already, so nothing was changed.
mail-known-button = Sign in
mail-known-reset = If you do not know your password any more, set another one here:
mail-known-not-you = If it was not you, you need not do anything.

mail-reset-subject = Your new password for { $brand }
mail-reset-why = Somebody, hopefully you, asked for another password for your account at { $brand }. Set it here, within one hour:
mail-reset-button = Set a new password
mail-reset-not-you = If it was not you, do nothing: your password stays as it is.

mail-address-subject = Confirm your new address for { $brand }
mail-address-why = An account at { $brand } is to sign in with this address. That happens once you confirm that the address is yours, within one hour:
mail-address-button = Confirm my address
mail-address-not-you = If it was not you, do nothing: the address is not used.

mail-changed-subject = Your address at { $brand } was changed
mail-changed-what = Your account at { $brand } signs in with { $address } from now on, and no longer with the address that this mail came to.
mail-changed-not-you = If it was not you, somebody else uses your account: ask for help at once.

mail-password-subject = Your password at { $brand } was changed
mail-password-what = Your account at { $brand } has a new password. You were signed out everywhere, and apps that act for you have to be connected again.
mail-password-changed-what = The password of your account at { $brand } was changed on its page. Other browsers were signed out; apps that are connected stay connected.
mail-password-not-you = If it was not you, set another password at once:

mail-secret-subject = A secret of { $app } ends on { $date }
mail-secret-what = The client secret of { $app } that ends in { $hint } works until { $date }. After that the app gets no more tokens with it. Make another one, and give it to the app before that day:
mail-secret-button = Look at the secrets
mail-secret-why = You get this because you develop the app. Once the secret is replaced or ended you hear no more of it.

mail-organisation-subject = You are invited to { $organisation } at { $brand }
mail-organisation-why = You are invited to { $organisation }, a group that develops apps for { $brand }. Look at the invitation and decide, within seven days. You sign in with this address to accept it.
mail-invited-button = Look at the invitation
mail-invited-not-you = If you do not know what this is about, do nothing. The invitation ends by itself.

mail-test-app-subject = You are invited to test { $app } at { $brand }
mail-test-app-why = You are invited to test { $app } before everybody can connect it to { $brand }. Look at the invitation and decide, within seven days. You sign in with this address to accept it; whoever has no account yet makes one.

mail-test-subject = Mail from { $brand } arrives
mail-test-what = This is a test: { $brand } can send mail.
