# Links, die per E-Mail kommen: einen verlangen, ihn öffnen, und was auf dem Weg gesagt wird.

reset-title = Passwort vergessen
reset-heading = Neues Passwort setzen
reset-effect = Geben Sie die Adresse ein, mit der Sie sich anmelden. Wir schicken Ihnen einen Link, mit dem Sie ein neues Passwort setzen.
reset-submit = Link zuschicken
reset-back = Zurück zur Anmeldung
reset-throttled = Zu viele Anfragen aus Ihrem Netz. Warten Sie { $wait } und versuchen Sie es dann noch einmal.

new-password-label = Neues Passwort
new-password-heading = Wählen Sie ein neues Passwort
new-password-effect = Für das Konto von { $address }. Sie werden überall abgemeldet, und Apps, die für Sie handeln, müssen neu verbunden werden.
new-password-submit = Dieses Passwort setzen
new-password-sign-up-heading = Ihr Konto anlegen
new-password-sign-up-effect = Jemand, hoffentlich Sie, hat in einem anderen Browser ein Konto mit { $address } verlangt. Wählen Sie hier ein Passwort dafür: Das dort eingegebene wird nicht verwendet.
new-password-sign-up-submit = Konto anlegen

verify-heading = Bestätigen Sie Ihre Adresse
verify-sign-up = Es entsteht ein Konto mit dem Namen { $name }, das sich mit { $address } anmeldet.
verify-change = Ihr Konto meldet sich ab jetzt mit { $address } an.
verify-submit = Bestätigen
verify-not-you = Waren Sie es nicht? Schließen Sie diese Seite: Es geschieht nichts.

mailed-heading = Sehen Sie in Ihre E-Mails
mailed-lede = Wir haben an { $address } geschrieben. Öffnen Sie den Link in dieser E-Mail innerhalb einer Stunde.
mailed-hint = Nach einigen Minuten nichts da? Sehen Sie im Spam nach und prüfen Sie die Adresse.
mailed-onward = Ich habe den Link geöffnet: weiter

link-over-heading = Dieser Link gilt nicht mehr
link-over-lede = Er wurde benutzt, ist älter als eine Stunde oder ein anderer ist an seine Stelle getreten. Verlangen Sie einen neuen.
link-over-onward = Zurück zur Anmeldung

sign-in-first-heading = Melden Sie sich zuerst an
sign-in-first-lede = Dieser Link ändert die Adresse eines Kontos. Melden Sie sich in diesem Browser bei dem Konto an und öffnen Sie den Link dann noch einmal.
sign-in-first-onward = Anmelden

password-set-heading = Ihr neues Passwort gilt
password-set-lede = Sie wurden überall abgemeldet.
password-set-onward = Anmelden
