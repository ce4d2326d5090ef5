# Seiten, die sagen, was schiefging: eine Überschrift, was geschah, und was jetzt zu tun ist.

error-what-to-do = Was Sie jetzt tun können.
error-for-developers = Für die Entwickler der App
error-link-says = Das sagt der Link, dem gefolgt wurde, nicht { $brand }:
error-code = Code
error-request = Anfrage
error-front-page = Startseite
error-get-help = Hilfe
error-try-again = Noch einmal versuchen
error-back = Zurück zu { $app }
error-back-to = Das führt zu { $place }
error-on-the-way = während Sie <b>{ $app }</b> verbinden wollten

error-from-the-app = Gehen Sie zurück zur App und versuchen Sie es dort noch einmal. Wenn es wieder geschieht, wenden Sie sich an den Anbieter der App.

error-unknown-app = Wir kennen diese App nicht
error-unknown-app-what = Der Link, der Sie hierher geführt hat, nennt eine App, die bei uns nicht registriert ist. Es wurde nichts weitergegeben.
error-unknown-app-developers = Vergleichen Sie client_id im Link mit der in den Einstellungen der App.

error-redirect-uri = Diese App verlangt eine Antwort an eine unbekannte Adresse
error-redirect-uri-what = Zum Schutz Ihres Kontos antworten wir einer App nur an Adressen, die sie bei uns registriert hat, und die in diesem Link ist nicht darunter. Es wurde nichts weitergegeben.
error-redirect-uri-developers = Tragen Sie die Adresse unten genau so in die Einstellungen der App ein, wie sie gesendet wird: Schema, Host, Port, Pfad, Groß- und Kleinschreibung und der Schrägstrich am Ende zählen.

error-bad-request = Wir konnten die Anfrage der App nicht verstehen
error-bad-request-what = Der Link, der Sie hierher geführt hat, ist unvollständig oder beschädigt. Es wurde nichts weitergegeben.
error-bad-request-developers = Was an der Anfrage nicht stimmt:

error-app-unavailable = { $brand } hat { $app } gesperrt
error-app-suspended = { $brand } hat diese App gesperrt
error-app-unavailable-what = Solange sie gesperrt ist, kann niemand sie verbinden, und sie kann auf keine Daten zugreifen, auch nicht dort, wo sie schon verbunden war. Es wurde nichts weitergegeben.
error-app-unavailable-next = Sie müssen nichts tun. Warum und wie lange, können Sie den Anbieter der App fragen oder <link>den Support von { $brand }</link>.
error-app-unavailable-ask = Sie müssen nichts tun. Warum und wie lange, können Sie den Anbieter der App fragen oder die Betreiber von { $brand }.

error-expired = Bitte beginnen Sie von vorn
error-expired-what = Diese Seite war zu lange offen oder wurde in einem anderen Browser begonnen. Wir haben sie zum Schutz Ihres Kontos beendet. Es wurde nichts weitergegeben.
error-expired-next = Gehen Sie zurück zur App und verbinden Sie sie noch einmal. Das dauert nur einen Moment.

error-already-answered = Das haben Sie schon beantwortet
error-already-answered-what = Jede Anfrage kann einmal beantwortet werden, und das ist geschehen. Nichts wurde ein zweites Mal getan.
error-already-answered-next = Gehen Sie zurück zur App. Wenn sie nicht zeigt, was Sie erwarten, verbinden Sie sie von dort noch einmal.

error-forged = Wir konnten nicht feststellen, dass das von Ihnen kam
error-forged-what = In dem Formular fehlte die Kennung, die wir darin hinterlegen. Das geschieht, wenn Cookies blockiert sind, wenn Sie sich in einem anderen Tab an- oder abgemeldet haben oder wenn eine andere Website das Formular gesendet hat. Es wurde nichts geändert.
error-forged-next = Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.

error-not-found = Unter dieser Adresse gibt es keine Seite
error-not-found-what = Vielleicht ist der Link veraltet, oder die Adresse enthält einen Tippfehler.
error-not-found-next = Prüfen Sie die Adresse, oder gehen Sie zur Startseite.

error-method = So lässt sich diese Seite nicht verwenden
error-method-what = Die Adresse stimmt, sie erwartet aber, aus ihrem eigenen Formular geöffnet zu werden.
error-method-next = Öffnen Sie die Seite neu und verwenden Sie ihre Schaltflächen.

error-too-slow = Das kam zu langsam an
error-too-slow-what = Wir haben auf den Rest Ihrer Eingabe gewartet, aber er kam nicht.
error-too-slow-next = Prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal.

error-too-large = Das war zu viel auf einmal
error-too-large-what = Was gesendet wurde, ist größer als jedes Formular auf diesem Server.
error-too-large-next = Kürzen Sie Ihre Eingabe und versuchen Sie es noch einmal.

error-throttled = Bitte etwas langsamer
error-throttled-what = Von Ihnen oder aus Ihrem Netz kamen in kurzer Zeit zu viele Anfragen. Die Pause hindert andere am Raten und Apps daran, im Kreis zu fragen.
error-throttled-next = Warten Sie { $wait } und versuchen Sie es dann noch einmal. Ihr Konto ist nicht gesperrt.

error-unavailable = Wir können gerade nicht antworten
error-unavailable-what = Ein Teil dieses Dienstes ist zurzeit nicht erreichbar. Was Sie zuletzt getan haben, wurde vielleicht nicht gespeichert.
error-unavailable-next = Versuchen Sie es in einer Minute noch einmal. Wenn es wieder geschieht, nennen Sie unserem Support die Nummer der Anfrage unten.

error-unknown-host = Das ist nicht die richtige Adresse
error-unknown-host-what = Dieser Server wurde unter einem Namen aufgerufen, der nicht seiner ist.
error-unknown-host-next = Prüfen Sie die Adresse in der Adresszeile Ihres Browsers. Wenn Sie diesen Server betreiben, vergleichen Sie sie mit dem issuer in seiner Konfiguration und mit den hosts seiner Dialekte.
