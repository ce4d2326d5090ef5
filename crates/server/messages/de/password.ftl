# Ein anderes Passwort für das eigene Konto.

password-title = Passwort
password-heading = Ändern Sie Ihr Passwort
password-effect = Überall sonst werden Sie abgemeldet. Verbundene Apps bleiben verbunden.
password-current-label = Ihr heutiges Passwort
password-new-label = Neues Passwort
password-submit = Passwort ändern
password-no-current = Geben Sie das Passwort ein, mit dem Sie sich heute anmelden.
password-wrong-current = Das ist nicht Ihr Passwort. Prüfen Sie es und versuchen Sie es noch einmal.
password-same = Das ist schon Ihr Passwort. Wählen Sie ein anderes.
password-none = Ihr Konto hat kein Passwort, also gibt es keines zu ändern.
password-none-ask = Wenn Sie sich mit einem anmelden möchten, fragen Sie <link>den Support von { $brand }</link>.
password-none-ask-whoever = Wenn Sie sich mit einem anmelden möchten, fragen Sie die Betreiber von { $brand }.
