# What an app did and was refused.

portal-room-activity = Activity
activity-lede = What this app did in the last 30 days, counted by the hour in UTC. It is at most a minute old.
activity-quiet = Nothing happened in the last 30 days. Once somebody connects the app, you see here what it does, and what of it fails and why.
activity-authorizations = Authorizations
activity-exchanges = Exchanges
activity-refreshes = Refreshes
activity-own-tokens = Tokens of its own
activity-refusals = Refusals
activity-days = The last 30 days
activity-hours = { $day }, by the hour
activity-day = Day
activity-hour = Hour (UTC)
activity-day-before = The day before
activity-day-after = The day after
activity-nothing = Nothing happened in this time.
activity-peak = Highest: { $count }
activity-in-table = The numbers stand in the table that follows.
activity-numbers = The numbers
activity-refusals-heading = What was refused
activity-refusals-hint = The last 1,000 refusals of 30 days. When there are many at once, all of them are counted and some of each kind are kept here.
activity-reasons = How often, and why
activity-find = Find a request by its ID
activity-find-hint = It stands in the header X-Request-Id of every answer, and on every error page.
activity-found-none = No refusal of this app has that ID. The request may have succeeded, been another app's, or be too long ago; and refusals appear here after a few seconds.
activity-no-refusals = Nothing was refused.
activity-request = Request
activity-last-ones = The last ones
activity-earlier = Earlier ones
activity-installs = Where it is connected
activity-tenants = { $count ->
    [0] No account has it connected.
    [one] { $count } account has it connected.
   *[other] { $count } accounts have it connected.
}
activity-tenants-more = More than { $count } accounts have it connected.
activity-installs-hint = Accounts of customers, counted once however many of their people use it. Whose they are is not shown here.
activity-connected = Connected
activity-disconnected = Disconnected
