# Die Seite, die um Zustimmung bittet, was sie sagt, wenn sich etwas geändert hat, und der Schritt zurück zur App.

consent-title = { $app } verbinden
consent-stay = Auf dieser Seite bleiben
consent-heading = { $app } möchte auf Ihr Konto bei { $brand } zugreifen
consent-publisher = Von { $publisher }
consent-verified = Geprüfter Anbieter
consent-not-verified = Nicht von { $brand } geprüft
consent-in-development = <b>Noch in Entwicklung.</b> Die Entwickler testen diese App noch, und { $brand } hat sie nicht geprüft. Fahren Sie nur fort, wenn Sie die Entwickler kennen.
consent-signed-in-as = Sie sind angemeldet als
consent-use-another-account = Anderes Konto verwenden

consent-where = Wo { $app } arbeiten darf
consent-whole-tenant = Für alle in { $tenant }, nicht nur für Sie
consent-own-space = In Ihrem Namen, in Ihrem eigenen Bereich
consent-in-tenant = In Ihrem Namen, in { $tenant }
consent-in-tenant-as = In Ihrem Namen, in { $tenant }, als { $role }
consent-role-cannot-give = Ihre Rolle hier kann Folgendes nicht vergeben: { $permissions }.
consent-tenant-disabled = Zurzeit nicht aktiv.
consent-role-may-not-install = Ihre Rolle dort darf keine Apps für alle verbinden. Fragen Sie eine Administratorin oder einen Administrator.
consent-role-gives-too-little = Ihre Rolle dort kann nicht vergeben, was diese App verlangt.
consent-found = <b>Von jemand anderem verbunden.</b> { $app } arbeitet hier schon für alle. Sie werden das einmal gefragt, damit Sie wissen, was die App ist und was sie darf.
consent-nowhere = Es gibt keinen Ort, an dem { $app } für Sie arbeiten könnte. Fragen Sie eine Administratorin oder einen Administrator, oder verwenden Sie ein anderes Konto.
consent-choose-where = Wählen Sie, wo { $app } arbeiten darf.
consent-choice-unusable = Diese Auswahl ist nicht möglich. Treffen Sie eine andere.

consent-will-be-able = Die App darf dann
consent-knows-you = wissen, wer Sie sind und wo Sie sie arbeiten lassen. Mehr verlangt { $app } nicht.
consent-nothing-new = Keine neuen Berechtigungen
consent-connected-here = { $app } ist hier verbunden und verlangt nichts weiter.
consent-connected-before = Sie haben { $app } schon einmal verbunden, und die App verlangt nichts weiter.
consent-also-wants = Neu: Die App möchte außerdem
consent-group-restricted = Eingeschränkt: nur für Apps, denen Sie voll vertrauen
consent-group-sensitive = Sensibel: einen zweiten Blick wert
consent-group-everyday = Alltäglich
consent-already-allowed = Schon erlaubt <count>({ $count })</count>
consent-restricted = Eingeschränkt
consent-sensitive = Sensibel
consent-optional = Freiwillig
consent-includes = Enthält: { $permissions }
consent-withheld = Ihre Rolle kann diese Berechtigung nicht vergeben, die App erhält sie also nicht.

consent-mark-new = Neu
consent-mark-changed = Geändert
consent-mark-required = Nicht mehr freiwillig
consent-mark-includes-more = Enthält mehr
consent-mark-new-address = Neue Adresse

consent-only-at = Nur bei <b>{ $resource }</b>
consent-acts-as-you = Die App handelt in Ihrem Namen, { $person }
consent-lasts = Der Zugriff gilt, bis Sie die App trennen. Das können Sie jederzeit unter <link>Verbundene Apps</link>.
consent-ends-on = Der Zugriff endet am <b>{ $date }</b> oder wenn Sie die App trennen. Das können Sie jederzeit unter <link>Verbundene Apps</link>.
consent-your-data = Was { $app } mit Ihren Daten macht, bestimmt der Anbieter der App.
consent-privacy-policy = Datenschutzerklärung
consent-terms = Nutzungsbedingungen
consent-homepage = Website
consent-did-you-start = <b>Haben Sie das selbst gestartet?</b> Der Zugriff geht an ein Programm, das auf diesem Computer läuft. Erlauben Sie ihn nur, wenn Sie dieses Programm gerade gestartet haben.
consent-back-to = Sie kehren zurück zu { $place }
consent-cancel = Abbrechen
consent-allow = Erlauben

consent-changed = <b>Während diese Seite offen war, hat sich etwas geändert.</b> Es wurde noch nichts erlaubt. Sehen Sie noch einmal hin und entscheiden Sie dann.
consent-changed-since = <b>Seit Sie dies erlaubt haben, hat sich etwas geändert.</b> Sehen Sie es sich an und entscheiden Sie dann, ob es weitergehen darf.
consent-changed-person = Die Seite wurde jemand anderem gezeigt; angemeldet sind Sie als { $person }.
consent-changed-name = Die App hieß { $was }; sie heißt jetzt { $app }.
consent-changed-look = Das Bild, der Anbieter oder die Links der App haben sich geändert, oder ob sie geprüft ist.
consent-changed-version = Von der App gibt es eine andere Version.
consent-changed-resource = Der Dienst, mit dem sie arbeiten würde, ist ein anderer.
consent-changed-destination = Sie würden zu einer anderen Adresse zurückkehren, nicht mehr zu { $place }
consent-changed-tenant = Der Ort, den Sie gewählt haben, heißt jetzt anders oder steht der App erst jetzt offen.
consent-changed-reach = An dem Ort, den Sie gewählt haben, würde die App für jemand anderen handeln als zuvor.
consent-changed-new = Die App würde außerdem diese Berechtigung erhalten: { $permission }.
consent-changed-words = Diese Berechtigung ist jetzt anders beschrieben: { $permission }.
consent-changed-required = Sie haben diese Berechtigung ausgelassen, sie ist aber nicht mehr freiwillig: { $permission }.
consent-changed-includes = Diese Berechtigung enthält mehr als zuvor: { $permission }.

onward-title = Weiter
onward-heading = Noch ein Schritt
onward-place = Ihre Antwort ist bereit. Weiter geht es zu { $place }
onward-submit = Weiter
