# Was jede Seite hat, und was viele gemeinsam haben: Zeiten, Orte, Namen von Browsern.

skip-to-content = Zum Inhalt springen
footer-support = Hilfe
footer-privacy = Datenschutz
footer-terms = Nutzungsbedingungen

# Über einer Liste dessen, was an einem Formular nicht stimmt; $count ist mindestens zwei.
complaints = Bitte prüfen Sie diese { $count } Angaben noch einmal

# Wohin ein Browser geht, als Teil eines Satzes mit „zu“, also im Dativ.
place-this-computer = einer Anwendung auf diesem Computer
place-installed-app = einer App, die auf diesem Gerät installiert ist

# Wie lange her, als Teil eines Satzes.
time-now = gerade eben
time-minutes = { $count ->
    [one] vor { $count } Minute
   *[other] vor { $count } Minuten
}
time-hours = { $count ->
    [one] vor { $count } Stunde
   *[other] vor { $count } Stunden
}
time-days = { $count ->
    [one] vor { $count } Tag
   *[other] vor { $count } Tagen
}
time-on-date = am { $date }

date = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }
date-and-time = { $date }, { $time } UTC
date-out-of-range = unbekannten Tag

# Wie lange man warten muss, als Teil eines Satzes.
wait-less-than-a-minute = weniger als eine Minute
wait-minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}
wait-hours = { $count ->
    [one] { $count } Stunde
   *[other] { $count } Stunden
}

# Wie lange etwas gilt, genau, als Teil eines Satzes („… gilt …“).
duration-days = { $count ->
    [one] { $count } Tag
   *[other] { $count } Tage
}
duration-hours = { $count ->
    [one] { $count } Stunde
   *[other] { $count } Stunden
}
duration-minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}
duration-seconds = { $count ->
    [one] { $count } Sekunde
   *[other] { $count } Sekunden
}
duration-milliseconds = { $count ->
    [one] { $count } Millisekunde
   *[other] { $count } Millisekunden
}

browser-on-system = { $browser } auf { $system }
browser-unknown = Unbekannt
