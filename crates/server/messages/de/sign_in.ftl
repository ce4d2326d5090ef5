# Anmelden, registrieren, abmelden, und die Adresse, mit der man sich anmeldet.

email-label = E-Mail-Adresse
password-label = Passwort
continue-to-app = um mit <b>{ $app }</b> fortzufahren

login-title = Anmelden
login-heading = Anmelden
login-with-brand = mit Ihrem Konto bei { $brand }
login-again = Sie sind angemeldet. Geben Sie zur Sicherheit Ihr Passwort noch einmal ein.
login-submit = Anmelden
login-no-account = Neu bei { $brand }? <link>Konto anlegen</link>
login-forgotten = <link>Passwort vergessen?</link>
login-mismatch = E-Mail-Adresse und Passwort passen nicht zusammen. Prüfen Sie beides und versuchen Sie es noch einmal.
login-throttled = Zu viele Versuche. Warten Sie { $wait } und versuchen Sie es dann noch einmal. Ihr Konto ist nicht gesperrt.
login-expired = Diese Seite war zu lange offen, um noch sicher zu sein. Bitte melden Sie sich noch einmal an.
login-no-email = Geben Sie Ihre E-Mail-Adresse ein.
login-no-password = Geben Sie Ihr Passwort ein.

signup-title = Konto anlegen
signup-heading = Legen Sie Ihr Konto an
signup-with-brand = Ein Konto für { $brand } und jede App, die Sie verbinden
signup-name-label = Ihr Name
signup-password-hint = Mindestens 10 Zeichen. Alles ist erlaubt: Wörter, Leerzeichen, jede Schrift. Passwortmanager und Einfügen funktionieren.
signup-submit = Konto anlegen
signup-accept-both = Mit dem Anlegen eines Kontos nehmen Sie die <terms>Nutzungsbedingungen</terms> und die <privacy>Datenschutzerklärung</privacy> von { $brand } an.
signup-accept-terms = Mit dem Anlegen eines Kontos nehmen Sie die <terms>Nutzungsbedingungen</terms> von { $brand } an.
signup-accept-privacy = Mit dem Anlegen eines Kontos nehmen Sie die <privacy>Datenschutzerklärung</privacy> von { $brand } an.
signup-have-account = Sie haben schon ein Konto? <link>Anmelden</link>
signup-throttled = Zu viele neue Konten aus Ihrem Netz. Warten Sie { $wait } und versuchen Sie es dann noch einmal.
signup-expired = Diese Seite war zu lange offen, um noch sicher zu sein. Bitte senden Sie sie noch einmal ab.
signup-no-name = Geben Sie Ihren Namen ein, so wie Sie angesprochen werden möchten.
signup-long-name = Kürzen Sie Ihren Namen auf 100 Zeichen.
signup-not-an-email = Geben Sie eine vollständige E-Mail-Adresse ein, zum Beispiel jane@example.com.
signup-email-taken = Zu dieser Adresse gibt es schon ein Konto. Melden Sie sich an, oder verwenden Sie eine andere Adresse.
signup-short-password = Verwenden Sie mindestens 10 Zeichen. Einige Wörter mit Leerzeichen ergeben ein gutes Passwort.
signup-guessable-password = Dieses Passwort gehört zu den ersten, die andere ausprobieren würden. Einige Wörter ohne Zusammenhang ergeben ein gutes.
signup-long-password = Verwenden Sie höchstens 1.000 Zeichen.

logout-title = Abmelden
logout-heading = Abmelden?
logout-effect = Dieser Browser wird von { $brand } abgemeldet. Verbundene Apps bleiben verbunden.
logout-stay = Angemeldet bleiben
logout-submit = Abmelden

logged-out-title = Abgemeldet
logged-out-heading = Sie sind abgemeldet
logged-out-advice = Bis bald. Schließen Sie auf einem gemeinsam genutzten Computer auch dieses Browserfenster.
logged-out-again = Wieder anmelden

address-title = Anmeldeadresse
address-heading = Wählen Sie, womit Sie sich anmelden
address-displaced = Die Adresse, mit der Sie sich angemeldet haben, gehört jemand anderem. Wählen Sie eine andere.
address-effect = Ihr Passwort und alle Ihre Verbindungen bleiben, wie sie sind.
address-submit = Mit dieser Adresse anmelden
address-effect-mailed = Wir schicken einen Link an die Adresse. Sobald Sie ihn hier öffnen, melden Sie sich mit dieser Adresse an; bis dahin ändert sich nichts.
address-password-label = Ihr Passwort, damit wir sicher sind, dass Sie es sind
address-submit-mailed = Link an diese Adresse schicken
address-mismatch = Das ist nicht Ihr Passwort. Prüfen Sie es und versuchen Sie es noch einmal.
address-back = Zurück zu Ihrem Konto
address-taken = Ein anderes Konto meldet sich mit dieser Adresse an. Verwenden Sie eine andere.
address-throttled = Aus Ihrem Netz wurden zu viele Adressen ausprobiert. Warten Sie { $wait } und versuchen Sie es dann noch einmal.
