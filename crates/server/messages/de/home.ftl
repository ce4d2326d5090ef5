# Die Eingangsseite.

home-title = Apps mit Bedacht verbinden
home-heading = Ihr Konto bei { $brand } und die Apps, die Sie zulassen
home-lede = Hier entscheiden Sie, welche Apps für Sie arbeiten dürfen, sehen, was sie dürfen, und nehmen es zurück, wann immer Sie möchten.
home-to-account = Zu Ihrem Konto
home-signed-in-as = Angemeldet als { $email }
home-sign-in = Anmelden
home-sign-up = Konto anlegen
home-plain-words = In klaren Worten
home-plain-words-hint = Bevor etwas weitergegeben wird, lesen Sie, was eine App möchte und warum manches davon einen zweiten Blick verdient.
home-your-choice = Nur, was Sie wählen
home-your-choice-hint = Sie bestimmen, wo eine App arbeiten darf. Sie sieht nie Ihr Passwort und kann nie mehr tun als Sie selbst.
home-taken-back = Sofort zurückgenommen
home-taken-back-hint = Sehen Sie, wann jede App zuletzt verwendet wurde. Ein Klick beendet ihren Zugriff mit sofortiger Wirkung.
home-demo = Zum Ausprobieren: eine Vorführung
home-demo-open = <b>Öffnen Sie die Beispiel-App.</b> <link>{ $app }</link> ist ein eigenes Programm, das nichts von Ihrem Passwort weiß.
home-demo-connect = <b>Klicken Sie dort auf „Connect“</b> und melden Sie sich hier als eine dieser Personen an.
home-demo-email = E-Mail
home-demo-password = Passwort
home-demo-choose = <b>Wählen Sie, was die App darf,</b> und sehen Sie ihr bei der Arbeit zu. Kommen Sie dann zu <link>Ihrem Konto</link> zurück und trennen Sie sie.
