# Das Entwicklerportal: die eigenen Apps und die Einstellungen jeder App.

portal-your-apps = Ihre Apps
portal-to-account = Ihr Konto
portal-places = Entwicklerportal
portal-docs = So verbinden Sie sich
portal-create = App anlegen
portal-create-from-manifest = Aus einem Manifest anlegen
portal-find = App nach Name oder Client-ID suchen
portal-find-submit = Suchen
portal-found-none = Keine Ihrer Apps hat das in ihrem Namen.
portal-all-apps = Alle anzeigen
portal-first-page = Erste Seite
portal-next-page = Nächste Seite
portal-no-apps = Sie haben noch keine App.
portal-no-apps-what = Eine App ist ein Programm, das Menschen in ihr Konto bei { $brand } lassen, damit es mit ihren Daten arbeiten kann.
portal-may-not-create = Apps legt hier an, wer diesen Server betreibt. Bitten Sie dort um eine.
portal-of-organisation = { $organisation }
portal-connected = { $count ->
    [0] Von niemandem verbunden
    [one] Von { $count } Konto verbunden
   *[other] Von { $count } Konten verbunden
}
portal-connected-more = Von mehr als { $count } Konten verbunden
portal-secret-ends = Ein Geheimnis endet am { $when }
portal-status-development = In Entwicklung
portal-status-live = Freigegeben
portal-status-suspended = Angehalten
portal-deleted = Die App ist gelöscht, und niemand ist mehr mit ihr verbunden.

portal-rooms = Einstellungen dieser App
portal-room-overview = Überblick
portal-room-identity = Name und Links
portal-room-icon = Symbol
portal-room-redirects = Rücksprungadressen
portal-room-scopes = Berechtigungen
portal-room-credentials = Zugangsdaten
portal-room-dialect = Verbindungsart
portal-room-testers = Testpersonen
portal-room-team = Team
portal-room-manifest = Manifest
portal-room-danger = Löschen

portal-locked-viewer = Sie können diese App ansehen, aber nicht ändern: So ist Ihre Rolle in ihrer Gruppe. Bitten Sie jemanden von den Inhabern um eine andere.
portal-locked-staff = Sie sehen diese App, weil Sie für { $brand } arbeiten. Geändert wird sie von denen, die sie entwickeln.
portal-locked-owners = Das können nur die Inhaber ihrer Gruppe.
portal-locked-live = Diese App ist freigegeben, und das hier wurde geprüft. Deshalb lässt es sich hier nicht ändern.
portal-locked-live-list = Diese App ist freigegeben: Was hier geprüft wurde, lässt sich sofort entfernen, aber nichts hinzufügen.
portal-locked-suspended = Diese App ist angehalten, deshalb lässt sich nichts an ihr ändern. Fragen Sie { $brand } nach dem Grund.
portal-reviewed = Diese App ist freigegeben: Name, Herausgeber und Startseite wurden geprüft und bleiben, wie sie sind. Das Übrige können Sie ändern.
portal-save = Speichern
portal-saved = Gespeichert.
portal-taken = Entfernt.
portal-changed-meanwhile = Jemand anderes hat diese App geändert, während die Seite offen war; deshalb wurde nichts gespeichert. So ist sie jetzt: Nehmen Sie Ihre Änderung noch einmal vor.
portal-copy = Kopieren
portal-copied = Kopiert
portal-not-copied = Ihr Browser hat das Kopieren nicht erlaubt. Markieren und kopieren Sie den Text selbst.

portal-name = Name
portal-name-hint = So sehen Menschen sie, wenn sie sie verbinden. Höchstens 100 Zeichen, keine Tricks.
portal-organisation = Wem die App gehört
portal-preset = Was für eine App ist es?
portal-preset-web = Eine Web-App mit einem Server
portal-preset-single-page = Eine Single-Page-App im Browser
portal-preset-native = Eine App auf dem Telefon oder Rechner
portal-preset-command-line = Ein Werkzeug für die Kommandozeile
portal-preset-agent = Ein KI-Agent
portal-preset-platform = Ausgefüllt für { $platform }, mit den Beschriftungen des Formulars dort
portal-manifest = Manifest, TOML oder JSON
portal-manifest-hint = Mit einem Manifest ist alles gesagt, auch der Name; die Felder darüber zählen dann nicht.
portal-manifest-file = Oder als Datei
portal-manifest-file-hint = Eine gewählte Datei zählt, der Text darüber dann nicht. Höchstens 32 KiB.
portal-manifest-file-large = Diese Datei ist größer als 32 KiB. Ein Manifest ist ein kurzer Text: Ist es die richtige Datei?
portal-manifest-file-no-text = Diese Datei ist kein Text in UTF-8. Wählen Sie die TOML- oder JSON-Datei der App.
portal-manifest-lede = Die ganze Beschreibung dieser App als ein Text. Legen Sie ihn neben Ihren Quelltext, oder machen Sie daraus eine weitere App. Ein Geheimnis steht nicht darin.
portal-manifest-apply = Die App so einrichten
portal-manifest-line = Zeile { $line }: { $message }
portal-manifest-whole = { $message }
portal-manifest-applied = Die App ist jetzt, wie das Manifest es sagt.

portal-created = { $app } ist angelegt.
portal-secret-made = Das Geheimnis ist angelegt.
portal-client-id = Client-ID
portal-secret = Client-Geheimnis
portal-secret-once = Bewahren Sie dieses Geheimnis jetzt auf.
portal-secret-once-why = Sie sehen es nur dieses eine Mal: Wir behalten nur einen Abdruck, und niemand kann es Ihnen später sagen.
portal-no-secret = Diese App hat kein Geheimnis: Sie weist sich allein durch PKCE aus, wie Programme auf den Geräten der Menschen.
portal-secret-on-demand = Diese App hat noch kein Geheimnis. Erzeugen Sie eines, wenn Sie es brauchen: Es wird einmal gezeigt, und ein neues beendet das vorige.
portal-stored = Ich habe es aufbewahrt
portal-go-on = Weiter
portal-old-until = Das Geheimnis davor gilt bis { $when }.
portal-accounts = Verbindungen
portal-missing = Bevor jemand sie verbinden kann
portal-missing-redirect = Geben Sie an, wohin Menschen zurückkehren: Es fehlt eine Rücksprungadresse.
portal-missing-secret = Legen Sie ein Geheimnis an: Keines gilt zurzeit.
portal-missing-scopes = Geben Sie an, was sie darf: Sie fragt nach keiner Berechtigung.
portal-code = Code, der sie verbindet
portal-code-hint = Starten Sie ihn ohne Argumente, öffnen Sie die ausgegebene Adresse, und starten Sie ihn noch einmal mit dem Code, mit dem Sie zurückkommen. Das Geheimnis kommt aus der Umgebung.
portal-platform = Was Sie in { $platform } eintragen
portal-platform-redirect = Dort wird als „{ $label }“ eine eigene Rücksprungadresse gezeigt. Tragen Sie sie zuerst bei den Rücksprungadressen dieser App ein.
portal-platform-secret = Legen Sie ein Geheimnis an und tragen Sie es dort ein
portal-addresses = Ihre Adressen
portal-address-authorize = Wohin Menschen geschickt werden
portal-address-token = Wo aus Codes Token werden
portal-address-revoke = Wo Token beendet werden
portal-address-introspect = Wo Token nachgeschlagen werden
portal-address-userinfo = Wer ist es
portal-address-identity = Wer ist es
portal-address-client = Welche App ist es
portal-address-metadata = Metadaten
portal-address-resource-metadata = Metadaten der Ressource
portal-address-me = Wessen Token ist es

portal-icon-lede = Das Bild, das Menschen neben ihrem Namen sehen. Wir zeichnen es neu, von der Datei bleiben nur ihre Bildpunkte.
portal-icon-now = Das Symbol von { $app }
portal-icon-none = Sie hat kein Symbol: Menschen sehen ihre Buchstaben.
portal-icon-file = Bild
portal-icon-file-hint = PNG, JPEG oder WebP, 64 bis 2048 Bildpunkte breit und hoch, höchstens 1 MiB.
portal-icon-crop = Welches Quadrat davon
portal-icon-crop-hint = In Bildpunkten des Bildes. Bleibt es leer, ist es die Mitte.
portal-icon-crop-x = Von links
portal-icon-crop-y = Von oben
portal-icon-crop-size = Breite und Höhe
portal-icon-preview = So wird es aussehen. Gespeichert ist es noch nicht.
portal-icon-keep = Dieses Symbol verwenden
portal-icon-remove = Symbol entfernen

portal-publisher = Herausgeber
portal-publisher-hint = Wer sie macht, so wie Menschen es lesen. Lassen Sie es leer, wenn Sie es selbst sind.
portal-homepage = Startseite
portal-homepage-hint = Wo Menschen mehr über sie erfahren.
portal-description = Beschreibung
portal-description-hint = Was sie tut, in ein oder zwei Sätzen.
portal-categories = Kategorien
portal-categories-hint = Bis zu fünf Wörter in Kleinbuchstaben, durch Leerzeichen getrennt: kalender notizen
portal-support = Hilfe
portal-support-hint = Wo Menschen Hilfe mit ihr bekommen.
portal-privacy = Datenschutzerklärung
portal-privacy-hint = Was sie mit den Daten der Menschen tut.
portal-terms = Nutzungsbedingungen
portal-terms-hint = Wozu Menschen sich verpflichten.

portal-redirect = Rücksprungadresse { $number }
portal-redirects-hint = Menschen kehren zu einer dieser Adressen zurück, genau so geschrieben, und nirgendwohin sonst.
portal-redirects-more = Nach dem Speichern gibt es weitere Zeilen. Eine geleerte Zeile entfällt.
portal-redirect-used-lately = In den letzten 30 Tagen verwendet.
portal-redirect-used = Zuletzt verwendet { $when }.
portal-redirect-never-used = Noch nicht verwendet, soweit wir wissen.
portal-redirect-remove = Eine Rücksprungadresse entfernen
portal-redirect-remove-title = Diese Rücksprungadresse entfernen?
portal-redirect-remove-what = Ab sofort wird niemand mehr dorthin zurückgeschickt. Verbindungen bestehen weiter.
portal-remove = Entfernen
portal-remove-confirm = Ja, entfernen
portal-remove-keep = Behalten
portal-redirect-loopback = Hier passt jeder Port: Er muss nicht dastehen.

portal-scopes-hint = Wonach sie Menschen fragen darf. Genau diese Worte lesen sie.
portal-no-scopes = Auf diesem Server sind keine Berechtigungen angelegt.
portal-scope-optional = Menschen dürfen sie weglassen
portal-scope-remove = Eine Berechtigung entfernen
portal-scope-remove-title = „{ $scope }“ entfernen?
portal-scope-held = { $count ->
    [0] Keine Verbindung hat sie.
    [one] { $count } Verbindung hat sie und verliert sie sofort.
   *[other] { $count } Verbindungen haben sie und verlieren sie sofort.
}
portal-scope-held-more = Mehr als { $count } Verbindungen haben sie und verlieren sie sofort.
portal-scope-reason = Warum sie „{ $scope }“ braucht
portal-preview = Vorschau
portal-preview-language = Sprache
portal-preview-hint = Die ganze Seite, wie die Auswahl oben sie ergibt. Erlauben lässt sich auf ihr nichts.
portal-preview-page = Als eigene Seite öffnen
preview-place = Beispielpraxis
theme-light = Hell
theme-dark = Dunkel
portal-preview-heading = Was Menschen lesen werden

portal-secrets-none = Sie hat noch kein Geheimnis und kann sich deshalb nicht ausweisen.
portal-secret-by = Von { $author } angelegt { $when }
portal-secret-since = Angelegt { $when }
portal-secret-endless = Ohne Ende
portal-secret-end = Jetzt beenden<hidden> …{ $hint }</hidden>
portal-secret-ended = Das Geheimnis ist beendet. Wer es noch benutzt, wird abgewiesen.
portal-secret-add = Geheimnis anlegen
portal-secret-add-hint = Sie sehen es einmal, wenn es angelegt wird.
portal-secret-rotate = Geheimnis ersetzen
portal-secret-rotate-hint = Das neue gilt sofort und das alte so lange, wie Sie wählen. So können Sie ohne Unterbrechung umstellen.
portal-secret-full = Zurzeit gelten zwei Geheimnisse, mehr sind nicht möglich. Beenden Sie zuerst eines.
portal-secret-name = Wofür es ist
portal-secret-name-hint = Ein Wort, an dem Sie es erkennen: Produktion, CI.
portal-overlap = Wie viele Stunden das alte Geheimnis …{ $hint } weiter gilt
portal-overlap-hint = 0 bis 168. Bei 0 endet es sofort.
portal-overlap-wrong = Geben Sie eine Zahl von Stunden zwischen 0 und 168 ein.
portal-life = Wie lange das neue gilt
portal-life-never = Bis es beendet wird
portal-life-days = { $count } Tage

portal-dialect = Was sie spricht
portal-dialect-hint = Namen und Gestalt der Anfragen. Nehmen Sie den Standard, wenn nichts dagegen spricht.
portal-type = Kann sie ein Geheimnis wahren?
portal-type-confidential = Ja
portal-type-confidential-hint = Sie läuft auf einem Server von Ihnen.
portal-type-public = Nein
portal-type-public-hint = Sie läuft im Browser, auf einem Telefon, einem Rechner oder in einer Kommandozeile.
portal-level = Für wen handelt sie?
portal-level-user = Für jeden Menschen, der sie verbindet
portal-level-tenant = Für eine ganze Organisation, die sie installiert
portal-native = Sie ist auf den Geräten der Menschen installiert.
portal-native-hint = Dann sind Schemata aus einem Wort und jeder Port von http://localhost erlaubt, und Menschen werden gewarnt.
portal-pkce = Ihre Plattform beherrscht kein PKCE.
portal-pkce-hint = Nur für Apps mit einem Geheimnis. PKCE schützt Menschen vor gestohlenen Codes: Lassen Sie es weg, wenn Sie können.

portal-testers-hint = Solange eine App in Entwicklung ist, können nur ihr Team und ihre Testpersonen sie verbinden. Wer eingeladen ist, hat einen Platz, bis die Einladung endet.
portal-testers-count = { $count } von { $most } Plätzen vergeben
portal-tester-tenant = Alle dort
portal-tester-by = Von { $by } eingeladen { $when }
portal-tester-since = Eingeladen { $when }
portal-tester-remove = Entfernen<hidden> { $tester }</hidden>
portal-tester-removed = Sie kann die App nicht mehr verbinden.
portal-tester-add = Einladen
portal-tester-invited = Die Einladung ist unterwegs. Sie gilt einmal, sieben Tage lang, und nur für diese Adresse.
portal-tester-email = E-Mail-Adresse
portal-tester-email-hint = Zum Annehmen meldet man sich innerhalb von sieben Tagen mit dieser Adresse an. Wer hier noch kein Konto hat, legt eines an.
portal-tester-already = Wer diese Adresse hat, ist schon Testperson.
portal-tester-full = Alle Plätze sind vergeben. Entfernen Sie jemanden oder nehmen Sie eine Einladung zurück, um Platz zu schaffen.

portal-team-hint = Wer in ihrer Gruppe ist, entwickelt diese App.
portal-team-manage = Wer dazugehört, und als was
portal-team-none = Diese App gehört denen, die diesen Dienst betreiben, und keiner Gruppe.

portal-delete = { $app } löschen
portal-delete-what = Das lässt sich nicht rückgängig machen. Sofort und endgültig endet:
portal-delete-secrets = { $count ->
    [0] Kein Geheimnis gilt
    [one] { $count } Geheimnis gilt nicht mehr
   *[other] { $count } Geheimnisse gelten nicht mehr
}
portal-delete-type = Geben Sie zur Bestätigung ihren Namen ein: { $app }
portal-delete-wrong = Das ist nicht ihr Name. Nichts wurde gelöscht.
portal-delete-submit = Endgültig löschen

unfit-client-id = Das kann keine Client-ID sein.
unfit-scope = Es gibt keine Berechtigung { $scope }.
unfit-optional-scope = Menschen können { $scope } nur weglassen, wenn die App danach fragt: Wählen Sie sie auch aus.
unfit-nobody-named = Nennen Sie zuerst den Herausgeber.
unfit-confidential-without-proof = Eine App mit einem Geheimnis muss sich damit ausweisen.
unfit-public-with-proof = Eine App ohne Geheimnis weist sich allein durch PKCE aus.
unfit-public-without-pkce = Eine App ohne Geheimnis benutzt immer PKCE: Nehmen Sie den Haken weg.
unfit-native-without-pkce = Eine App auf den Geräten der Menschen benutzt immer PKCE, weil jedes Programm ihre Adresse beanspruchen kann: Nehmen Sie einen der beiden Haken weg.
unfit-public-as-itself = Eine App ohne Geheimnis kann nicht für sich selbst handeln.
unfit-refresh-alone = Refresh-Token gibt es nur nach Codes: Erlauben Sie auch diese.
unfit-dialect = { $dialect } wird hier nicht gesprochen.
unfit-public-in-dialect = { $dialect } ist für Apps mit einem Geheimnis: Wählen Sie das oben, oder den Standard.
unfit-grant-type = Nur wer diesen Server betreibt, lässt eine App für sich selbst handeln (client_credentials).
unfit-name-empty = Schreiben Sie hier etwas.
unfit-name-hidden = Darin ist ein Zeichen, das man nicht sieht oder das Text umdreht. Tippen Sie es neu.
unfit-name-long = Das sind mehr als { $most } Zeichen.
unfit-name-stacked = Über oder unter einem Buchstaben stehen zu viele Zeichen.
unfit-icon-none = Wählen Sie zuerst ein Bild.
unfit-icon-file = Diese Datei ist größer als 1 MiB. Speichern Sie das Bild kleiner.
unfit-icon-kind = Das ist keines der Bilder, die angenommen werden: PNG, JPEG und WebP.
unfit-icon-size = Es muss 64 bis 2048 Bildpunkte breit und hoch sein.
unfit-icon-svg = Das ist ein SVG, das Skripte enthalten kann. Speichern Sie es als PNG mit mindestens 256 Bildpunkten.
unfit-icon-polyglot = In dieser Datei steht hinter dem Bild noch etwas anderes. Öffnen Sie sie in einem Bildprogramm und speichern Sie sie neu.
unfit-icon-crop = Dieses Quadrat gibt es nicht: ganze Bildpunkte, innerhalb des Bildes, mindestens 64 breit.
unfit-icon-damaged = Diese Datei ist beschädigt: Sie lässt sich nicht bis zum Ende lesen.
unfit-link-address = Das ist keine Webadresse. Schreiben Sie sie ganz: https://example.com
unfit-link-scheme = Sie muss mit https:// beginnen (http:// gilt nur für diesen Rechner).
unfit-link-user = Lassen Sie weg, was vor dem @ steht.
unfit-link-long = Sie ist zu lang.
unfit-category = Eine Kategorie hat Kleinbuchstaben, Ziffern und Bindestriche, höchstens 30.
unfit-categories = Das sind mehr als fünf Kategorien.
unfit-redirect-absolute = Schreiben Sie die ganze Adresse: https://app.example.com/callback
unfit-redirect-character = Darin ist ein Zeichen, das in keiner Adresse stehen kann. Schreiben Sie es prozentkodiert und Hosts in Punycode.
unfit-redirect-long = Das sind mehr als 2000 Zeichen.
unfit-redirect-fragment = Lassen Sie das # und alles danach weg: Browser senden es nicht.
unfit-redirect-user = Lassen Sie Benutzer und Passwort vor dem Host weg.
unfit-redirect-wildcard = Lassen Sie das * weg: Jede Adresse wird ganz eingetragen, damit niemand sonst die Antwort bekommt.
unfit-redirect-dots = Schreiben Sie den Pfad ohne die Teile . und ..
unfit-redirect-http = Nehmen Sie https. Reines http gilt nur für 127.0.0.1, [::1] und localhost.
unfit-redirect-host = Der Host fehlt.
unfit-redirect-spelling = Schreiben Sie Schema und Host wie Browser: klein, IP-Adressen ganz.
unfit-redirect-scheme = Dieses Schema zeigt Inhalte oder führt sie aus, statt eine App zu öffnen.
unfit-redirect-dotless = Nehmen Sie als Schema einen umgedrehten eigenen Domainnamen wie com.example.app:/callback, oder sagen Sie unter „Verbindungsart“, dass sie auf den Geräten der Menschen installiert ist.
unfit-redirect-copied = Codes, die Menschen von Hand kopieren, kann man ihnen abschwatzen. Nehmen Sie http://127.0.0.1/callback, dort passt jeder Port.
unfit-redirect-query = In ihrer Query steht ein Name, den die Antwort selbst braucht: code, state, iss, error.
unfit-redirect-many = Mehr als 20 Adressen passen nicht.
