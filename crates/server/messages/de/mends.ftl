# Was die Abweisung einer App bedeutet, und was ihre Entwickler dagegen tun.

mend-other = Die Anfrage wurde abgewiesen. Die Antwort, die die App bekam, sagt in error_description, warum.
mend-no-client = Die Anfrage nennt keine App. Senden Sie client_id oder HTTP-Basic-Authentifizierung.
mend-no-secret = Die App hat sich nicht ausgewiesen. Senden Sie ihr Client-Secret auf dem Weg, der für sie eingetragen ist.
mend-wrong-secret = Das Client-Secret ist falsch oder abgelaufen. Vergleichen Sie die letzten vier Zeichen mit denen auf der Seite „Zugangsdaten“, und suchen Sie ein mitkopiertes Leerzeichen oder einen Zeilenumbruch.
mend-malformed-basic = Der Header Authorization ist keine gültige HTTP-Basic-Authentifizierung. Kodieren Sie client_id und Secret wie in einem Formular, verbinden Sie sie mit einem Doppelpunkt, dann Base64.
mend-method-not-registered = Die App hat sich auf einem Weg ausgewiesen, der von ihr hier nicht angenommen wird. Senden Sie das Secret im Formular oder als HTTP-Basic-Authentifizierung, wie es die Metadaten dieses Servers sagen.
mend-public-with-secret = Die App ist öffentlich und hat ein Secret gesendet. Lassen Sie es weg; eine solche App weist sich durch PKCE aus.
mend-two-credentials = Die Anfrage weist die App auf mehr als einem Weg aus. Senden Sie die Zugangsdaten einmal: in einem Header oder im Body.
mend-redirect-missing = Die Anfrage hat keine redirect_uri. Senden Sie eine der eingetragenen.
mend-redirect-mismatch = Die redirect_uri ist keine der eingetragenen. Verglichen wird Zeichen für Zeichen: Achten Sie auf http und https, den Schrägstrich am Ende, Großbuchstaben und den Port. Fügen Sie den Link auf der Seite „Ausprobieren“ ein, um zu sehen, wo er abweicht.
mend-redirect-differs = Die redirect_uri des Austauschs ist eine andere als die der Autorisierungsanfrage. Senden Sie beide Male denselben Text.
mend-response-type = Der response_type fehlt oder wird nicht angeboten. Senden Sie response_type=code.
mend-response-mode = Der response_mode wird nicht angeboten. Lassen Sie ihn weg, oder senden Sie query oder form_post.
mend-state-long = Der state ist länger als 4.096 Byte. Behalten Sie die Daten bei sich, und senden Sie einen Schlüssel dazu.
mend-request-object = Request-Objekte werden hier nicht angeboten. Senden Sie die Parameter in der Adresse.
mend-prompt = prompt=none kann nicht neben einem anderen prompt stehen. Senden Sie einen von beiden.
mend-max-age = Das max_age ist keine Zahl von Sekunden. Senden Sie eine ganze Zahl, oder lassen Sie es weg.
mend-scope-missing = Die Anfrage nennt keine Berechtigung. Senden Sie scope mit Namen, die durch Leerzeichen getrennt sind.
mend-scope-malformed = Der scope enthält ein Zeichen, das keine Berechtigung hat. Trennen Sie Namen durch einzelne Leerzeichen, nicht durch Kommas, und kodieren Sie den Text einmal.
mend-scope-beyond = Die Anfrage verlangt eine Berechtigung, die die App nicht hat. Wählen Sie sie auf der Seite „Berechtigungen“, oder lassen Sie sie weg.
mend-scope-widened = Die Erneuerung verlangt mehr, als erlaubt wurde. Für mehr müssen die Personen erneut durch die Autorisierung.
mend-scope-unknown = Diese Berechtigung gibt es hier nicht. Vergleichen Sie die Schreibweise mit der Seite „Berechtigungen“.
mend-pkce-missing = Die code_challenge fehlt. Erzeugen Sie einen zufälligen code_verifier, senden Sie dessen SHA-256 als code_challenge mit code_challenge_method=S256, und den Verifier beim Austausch.
mend-pkce-malformed = Die code_challenge oder ihre Methode ist fehlerhaft. Nehmen Sie S256 und base64url ohne = am Ende, das sind 43 Zeichen.
mend-verifier-missing = Die Autorisierungsanfrage hatte eine code_challenge, und der Austausch hat keinen code_verifier. Behalten Sie den Verifier in der Sitzung der Person, und senden Sie ihn.
mend-verifier-wrong = Der code_verifier gehört nicht zur code_challenge. Meist hat inzwischen eine zweite Autorisierung begonnen und den gemerkten Verifier ersetzt: Behalten Sie einen für jeden state.
mend-verifier-unexpected = Der Austausch hat einen code_verifier, und die Autorisierungsanfrage hatte keine code_challenge. Senden Sie beide oder keinen.
mend-resource-unknown = Die resource ist hier unbekannt. Senden Sie den Bezeichner der API, wie er dokumentiert ist, oder lassen Sie sie weg.
mend-resource-differs = Die resource ist eine andere, als erlaubt wurde, oder es sind mehrere. Verlangen Sie durchgehend dieselbe.
mend-not-signed-in = prompt=none war verlangt, und niemand ist angemeldet. Schicken Sie die Person ohne prompt=none.
mend-not-silent = prompt=none war verlangt, und die Person muss zustimmen. Schicken Sie die Person ohne prompt=none.
mend-denied = Die Person hat abgelehnt. Sagen Sie in Ihrer App, wofür sie die Berechtigungen braucht, und lassen Sie es noch einmal versuchen.
mend-place-closed = Die Person darf diese App dort nicht einlassen. Eine Administratorin oder ein Administrator kann es, oder sie wählt einen anderen Ort.
mend-content-type = Der Body hat einen Medientyp, der hier nicht gelesen wird. Senden Sie application/x-www-form-urlencoded.
mend-json = Der Body ist kein JSON-Objekt aus Texten. Prüfen Sie Anführungszeichen und Kommas, und senden Sie jeden Wert als Text.
mend-repeated = Ein Parameter steht zweimal da, oder es sind zu viele. Senden Sie jeden einmal.
mend-parameter-missing = Ein Parameter fehlt. Die error_description der Antwort nennt ihn.
mend-parameter-unknown = Ein Parameter ist hier unbekannt. Die error_description der Antwort nennt ihn; prüfen Sie die Schreibweise.
mend-in-query = Zugangsdaten standen in der Adresse, wo Protokolle sie aufheben. Senden Sie sie im Body oder in einem Header, und ersetzen Sie das Secret.
mend-method = Die Adresse beantwortet diese Methode nicht. Nach Token fragt man mit POST.
mend-not-found = Was die Anfrage nennt, gibt es nicht. Prüfen Sie den Bezeichner.
mend-unreadable = Der Body kam nicht vollständig an oder ist größer als 64 KiB. Prüfen Sie Content-Length und Proxys dazwischen.
mend-grant-type-unknown = Der grant_type fehlt oder wird hier nicht angeboten. Senden Sie authorization_code oder refresh_token.
mend-grant-type-not-allowed = Die App darf diesen grant_type nicht benutzen. Siehe die Seite „Verbindungsart“; für sich selbst zu handeln erlaubt, wer diesen Server betreibt.
mend-code-unknown = Diesen Code gibt es für diese App nicht. Senden Sie ihn genau so, wie er kam, einmal dekodiert, und an die Token-Adresse desselben Dialekts.
mend-code-expired = Der Code war abgelaufen. Tauschen Sie ihn sofort ein, wenn er ankommt, auf Ihrem Server.
mend-code-used = Der Code wurde schon benutzt. Tauschen Sie jeden Code einmal ein: Eine neu geladene Seite oder eine Wiederholung sendet ihn zweimal. Token eines Codes, der zweimal benutzt wird, werden beendet.
mend-refresh-unknown = Dieses Refresh-Token gibt es nicht. Speichern Sie es ungekürzt, und behalten Sie das neue, das jede Erneuerung liefert.
mend-refresh-foreign = Das Refresh-Token gehört einer anderen App. Prüfen Sie, welche Zugangsdaten zu welcher Umgebung gehören.
mend-refresh-expired = Das Refresh-Token wurde nicht rechtzeitig benutzt. Die Person muss erneut durch die Autorisierung.
mend-refresh-reused = Ein Refresh-Token wurde benutzt, das schon ersetzt war. Speichern Sie das neue vor allem anderen, und lassen Sie nur einen Prozess zugleich erneuern. Die Person muss erneut durch die Autorisierung.
mend-family-ended = Die Token dieser Verbindung wurden beendet: durch Widerruf, oder weil ein Code oder Refresh-Token zweimal benutzt wurde. Die Person muss erneut durch die Autorisierung.
mend-turned-public = Die App hat seither ihr Secret verloren, und was sie davor bekam, gilt nicht mehr. Die Personen müssen erneut durch die Autorisierung.
mend-grant-gone = Die Person oder eine Administration hat die Verbindung beendet. Fragen Sie nicht weiter, und bieten Sie an, sie neu zu verbinden.
mend-token-unknown = Das Zugriffstoken fehlt oder ist keines von hier. Senden Sie es als Authorization: Bearer, ohne Anführungszeichen.
mend-host-key = Die API hat sich nicht mit ihrem Host-Schlüssel ausgewiesen. Das muss beheben, wer die API betreibt.
mend-suspended = Die App ist gestoppt. Ihre Übersicht sagt es; fragen Sie, wer diesen Server betreibt.
mend-in-development = Die App ist in Entwicklung, und die Person testet sie nicht. Laden Sie sie auf der Seite „Testpersonen“ ein.
mend-person-gone = Die Person gibt es nicht mehr, oder nicht an diesem Ort. Fragen Sie nicht weiter, und bieten Sie an, sie neu zu verbinden.
mend-token-ended = Das Zugriffstoken ist abgelaufen oder wurde widerrufen. Benutzen Sie das Refresh-Token, am besten eine Minute vor dem Ende.
mend-audience = Das Zugriffstoken ist für eine andere API. Verlangen Sie ein Token mit der resource von dieser.
mend-role = Die Rolle der Person erlaubt es nicht, und keine Berechtigung würde es. Jemand mit einer anderen Rolle muss verbinden.
mend-scope-lacking = Dem Zugriffstoken fehlt eine Berechtigung. Verlangen Sie sie im scope der Autorisierungsanfrage.
mend-throttled = Von einer Adresse kamen zu viele falsche Versuche, darum wurde dieser nicht angesehen. Warten Sie so lange, wie Retry-After sagt, und beheben Sie, was davor scheitert.
mend-ours = Das lag nicht an der App: Der Server konnte nicht antworten. Versuchen Sie es nach einem Moment wieder, mit wachsenden Pausen.
