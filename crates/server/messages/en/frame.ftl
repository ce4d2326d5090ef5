# What every page has, and what many share: times, places, names of browsers.

skip-to-content = Skip to content
footer-support = Support
footer-privacy = Privacy
footer-terms = Terms

# Above a list of what is wrong with a form; $count is two or more.
complaints = Please look at these { $count } things again

# Where a browser goes, as a part of a sentence ("You will go back to …").
place-this-computer = an application on this computer
place-installed-app = an app installed on this device

# How long ago, as a part of a sentence ("Last used …").
time-now = just now
time-minutes = { $count ->
    [one] { $count } minute ago
   *[other] { $count } minutes ago
}
time-hours = { $count ->
    [one] { $count } hour ago
   *[other] { $count } hours ago
}
time-days = { $count ->
    [one] { $count } day ago
   *[other] { $count } days ago
}
time-on-date = on { $date }

date = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
date-and-time = { $date }, { $time } UTC
date-out-of-range = a time out of range

# How long to wait, as a part of a sentence ("Wait …, then try again").
wait-less-than-a-minute = less than a minute
wait-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
wait-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}

# How long something lasts, exactly, as a part of a sentence ("… works for …").
duration-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
duration-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
duration-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
duration-seconds = { $count ->
    [one] { $count } second
   *[other] { $count } seconds
}
duration-milliseconds = { $count ->
    [one] { $count } millisecond
   *[other] { $count } milliseconds
}

browser-on-system = { $browser } on { $system }
browser-unknown = Unknown
