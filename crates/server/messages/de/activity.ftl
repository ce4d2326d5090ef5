# Was eine App tat, und was ihr abgewiesen wurde.

portal-room-activity = Aktivität
activity-lede = Was diese App in den letzten 30 Tagen tat, nach Stunden gezählt, in UTC. Es ist höchstens eine Minute alt.
activity-quiet = In den letzten 30 Tagen ist nichts geschehen. Sobald jemand die App verbindet, sehen Sie hier, was sie tut, und was davon warum scheitert.
activity-authorizations = Autorisierungen
activity-exchanges = Austausche
activity-refreshes = Erneuerungen
activity-own-tokens = Eigene Token
activity-refusals = Abweisungen
activity-days = Die letzten 30 Tage
activity-hours = { $day }, nach Stunden
activity-day = Tag
activity-hour = Stunde (UTC)
activity-day-before = Der Tag davor
activity-day-after = Der Tag danach
activity-nothing = In dieser Zeit ist nichts geschehen.
activity-peak = Höchster Wert: { $count }
activity-in-table = Die Zahlen stehen in der Tabelle, die folgt.
activity-numbers = Die Zahlen
activity-refusals-heading = Was abgewiesen wurde
activity-refusals-hint = Die letzten 1.000 Abweisungen aus 30 Tagen. Sind es viele auf einmal, so werden alle gezählt und einige jeder Art hier aufgehoben.
activity-reasons = Wie oft, und warum
activity-find = Eine Anfrage nach ihrer ID suchen
activity-find-hint = Sie steht im Header X-Request-Id jeder Antwort und auf jeder Fehlerseite.
activity-found-none = Keine Abweisung dieser App hat diese ID. Die Anfrage kann gelungen, die einer anderen App oder zu lange her sein; und Abweisungen erscheinen hier nach einigen Sekunden.
activity-no-refusals = Nichts wurde abgewiesen.
activity-request = Anfrage
activity-last-ones = Die letzten
activity-earlier = Frühere
activity-installs = Wo sie verbunden ist
activity-tenants = { $count ->
    [0] Kein Konto hat sie verbunden.
    [one] { $count } Konto hat sie verbunden.
   *[other] { $count } Konten haben sie verbunden.
}
activity-tenants-more = Mehr als { $count } Konten haben sie verbunden.
activity-installs-hint = Konten von Kunden, einmal gezählt, wie viele ihrer Leute sie auch benutzen. Wem sie gehören, wird hier nicht gezeigt.
activity-connected = Verbunden
activity-disconnected = Getrennt
