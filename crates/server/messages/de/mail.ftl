# Was Menschen per E-Mail bekommen. Nur Sätze: im Text einer E-Mail kann kein Element stehen.

mail-hello = Guten Tag { $name },

mail-sign-up-subject = Bestätigen Sie Ihre Adresse für { $brand }
mail-sign-up-why = Jemand, hoffentlich Sie, möchte mit dieser Adresse ein Konto bei { $brand }. Es entsteht, sobald Sie innerhalb einer Stunde bestätigen, dass die Adresse Ihnen gehört:
mail-sign-up-button = Meine Adresse bestätigen
mail-sign-up-not-you = Wenn Sie es nicht waren, tun Sie nichts: Es entsteht kein Konto, und Sie hören nichts mehr davon.

mail-known-subject = Sie haben bereits ein Konto bei { $brand }
mail-known-why = Jemand, hoffentlich Sie, wollte diese Adresse bei { $brand } verwenden. Zu ihr gehört bereits ein Konto, deshalb wurde nichts geändert.
mail-known-button = Anmelden
mail-known-reset = Wenn Sie Ihr Passwort nicht mehr wissen, setzen Sie hier ein neues:
mail-known-not-you = Wenn Sie es nicht waren, brauchen Sie nichts zu tun.

mail-reset-subject = Ihr neues Passwort für { $brand }
mail-reset-why = Jemand, hoffentlich Sie, hat ein neues Passwort für Ihr Konto bei { $brand } verlangt. Setzen Sie es hier, innerhalb einer Stunde:
mail-reset-button = Neues Passwort setzen
mail-reset-not-you = Wenn Sie es nicht waren, tun Sie nichts: Ihr Passwort bleibt, wie es ist.

mail-address-subject = Bestätigen Sie Ihre neue Adresse für { $brand }
mail-address-why = Ein Konto bei { $brand } soll sich mit dieser Adresse anmelden. Das geschieht, sobald Sie innerhalb einer Stunde bestätigen, dass die Adresse Ihnen gehört:
mail-address-button = Meine Adresse bestätigen
mail-address-not-you = Wenn Sie es nicht waren, tun Sie nichts: Die Adresse wird nicht verwendet.

mail-changed-subject = Ihre Adresse bei { $brand } wurde geändert
mail-changed-what = Ihr Konto bei { $brand } meldet sich ab jetzt mit { $address } an und nicht mehr mit der Adresse, an die diese E-Mail ging.
mail-changed-not-you = Wenn Sie es nicht waren, benutzt jemand anderes Ihr Konto: Bitten Sie sofort um Hilfe.

mail-password-subject = Ihr Passwort bei { $brand } wurde geändert
mail-password-what = Ihr Konto bei { $brand } hat ein neues Passwort. Sie wurden überall abgemeldet, und Apps, die für Sie handeln, müssen neu verbunden werden.
mail-password-changed-what = Das Passwort Ihres Kontos bei { $brand } wurde auf dessen Seite geändert. Andere Browser wurden abgemeldet; verbundene Apps bleiben verbunden.
mail-password-not-you = Wenn Sie es nicht waren, setzen Sie sofort ein anderes Passwort:

mail-secret-subject = Ein Geheimnis von { $app } endet am { $date }
mail-secret-what = Das Client-Geheimnis von { $app }, das auf { $hint } endet, gilt bis { $date }. Danach bekommt die App damit keine Tokens mehr. Legen Sie vorher ein neues an und geben Sie es der App:
mail-secret-button = Geheimnisse ansehen
mail-secret-why = Sie bekommen das, weil Sie die App entwickeln. Sobald das Geheimnis ersetzt oder beendet ist, hören Sie davon nichts mehr.

mail-organisation-subject = Sie sind bei { $brand } in { $organisation } eingeladen
mail-organisation-why = Sie sind in { $organisation } eingeladen, eine Gruppe, die Apps für { $brand } entwickelt. Sehen Sie sich die Einladung an und entscheiden Sie innerhalb von sieben Tagen. Zum Annehmen melden Sie sich mit dieser Adresse an.
mail-invited-button = Einladung ansehen
mail-invited-not-you = Wenn Sie nicht wissen, worum es geht, tun Sie nichts. Die Einladung endet von selbst.

mail-test-app-subject = Sie sind eingeladen, { $app } bei { $brand } zu testen
mail-test-app-why = Sie sind eingeladen, { $app } zu testen, bevor alle sie mit { $brand } verbinden können. Sehen Sie sich die Einladung an und entscheiden Sie innerhalb von sieben Tagen. Zum Annehmen melden Sie sich mit dieser Adresse an; wer noch kein Konto hat, legt eines an.

mail-test-subject = E-Mails von { $brand } kommen an
mail-test-what = Das ist ein Test: { $brand } kann E-Mails senden.
