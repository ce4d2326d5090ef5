# Die eigene Seite und die Seite vor dem Trennen einer App.

account-title = Ihr Konto
account-sign-out = Abmelden
account-developers = Entwicklung
account-hello = Hallo, { $name }
account-address = <link>Mit einer anderen Adresse anmelden</link>
account-unproven-mails = Mit dieser Adresse melden Sie sich an. Sie ist nicht bestätigt, deshalb erfährt sie keine App. <link>Bestätigen oder eine andere verwenden</link>
account-unproven = Mit dieser Adresse melden Sie sich an. Sie ist nicht bestätigt, deshalb erfährt sie keine App. <link>Andere verwenden</link>
account-displaced = <b>Sie brauchen eine andere Adresse, um sich anzumelden.</b> Die bisherige gehört jemand anderem. <link>Wählen Sie jetzt eine</link>, bevor Sie sich abmelden.
account-disconnected = <b>{ $app } ist getrennt.</b> Die App kann nicht mehr auf Ihr Konto zugreifen.
account-signed-out-there = <b>Dort abgemeldet.</b> Wer jenen Browser benutzt, muss sich neu anmelden. Verbundene Apps bleiben verbunden.
account-signed-out-elsewhere = <b>Überall sonst abgemeldet.</b> Nur dieser Browser ist noch angemeldet.
account-password-changed = <b>Ihr Passwort ist geändert.</b> Überall sonst sind Sie abgemeldet. Falls jemand anderes das alte kannte, sehen Sie auch Ihre verbundenen Apps durch und trennen Sie, was Sie nicht kennen.

account-apps = Verbundene Apps
account-apps-count = { $count ->
    [one] { $count } App verbunden
   *[other] { $count } Apps verbunden
}
account-no-apps = Es ist keine App verbunden.
account-no-apps-hint = Wenn Sie eine verbinden, sehen Sie hier, was sie darf und wann sie zuletzt verwendet wurde, und können die Verbindung mit einem Klick beenden.
account-whole-tenant = Für alle in { $tenant }
account-in-tenant = In { $tenant }
account-last-used = Zuletzt verwendet { $when }
account-not-used = Noch nicht verwendet
account-connected = Verbunden { $when }
account-ends-on = Endet am { $date }
account-paused = Angehalten
account-paused-app = Diese App ist gesperrt und kann zurzeit nichts tun.
account-paused-development = Diese App ist noch in Entwicklung, und Sie gehören nicht oder nicht mehr zu denen, die sie testen.
account-paused-expired = Diese Verbindung ist abgelaufen.
account-paused-ended = Diese Verbindung wurde beendet.
account-paused-tenant = Diese App kann zurzeit nichts tun, weil der Ort, mit dem sie verbunden ist, nicht aktiv ist.
account-paused-membership = Diese App kann zurzeit nichts tun, weil Sie dort nicht mehr Mitglied sind.
account-paused-user = Diese App kann zurzeit nichts tun, weil Ihr Konto dort nicht aktiv ist.
account-paused-otherwise = Diese App kann zurzeit nichts tun.
account-reused = Sitzung beendet
account-reused-why = Das geschah zu Ihrer Sicherheit. Die App kam { $when } mit einem Schlüssel, der schon einmal verwendet worden war: So sehen kopierte Schlüssel aus, aber auch einfache Fehler. Wenn die App danach fragt, verbinden Sie sie noch einmal.
account-permissions = Berechtigungen <count>({ $count })</count><hidden> – { $app }</hidden>
account-connected-exactly = Verbunden am { $when }.
account-last-used-exactly = Zuletzt verwendet am { $when }.
account-disconnect = Trennen<hidden>: { $app }</hidden>
account-disconnect-from = Trennen<hidden>: { $app } von { $tenant }</hidden>

account-browsers = Wo Sie angemeldet sind
account-this-browser = Dieser Browser
account-signed-in = Angemeldet { $when }
account-end-session = Beenden<hidden>: die Sitzung von { $browser }, angemeldet { $when }</hidden>
account-in-use = Gerade in Gebrauch
account-from = Von { $place }
account-end-this = Beenden<hidden>: diese Sitzung, und hier abmelden</hidden>
account-change-password = Passwort ändern
account-end-others = Überall sonst abmelden
account-apps-stay = Verbundene Apps bleiben verbunden.

disconnect-title = { $app } trennen
disconnect-heading = { $app } trennen?
disconnect-from = von <b>{ $tenant }</b>
disconnect-changed = <b>Während diese Seite offen war, hat sich etwas geändert.</b> Es wurde nichts getrennt. Sehen Sie noch einmal hin und entscheiden Sie dann.
disconnect-at-once = Der Zugriff endet <b>sofort</b>.
disconnect-at-once-for-everyone = Der Zugriff endet <b>sofort</b>, und zwar <b>für alle</b>, die die App dort verwenden.
disconnect-copies = Was die App vorher kopiert oder geändert hat, bleibt, wie es ist. Bitten Sie den Anbieter, seine Daten zu löschen.
disconnect-again = Um die App wieder zu verwenden, verbinden Sie sie neu: Sie muss Sie dann erst wieder fragen.
disconnect-permissions = Heutige Berechtigungen <count>({ $count })</count>
disconnect-keep = Behalten
disconnect-submit = Trennen
