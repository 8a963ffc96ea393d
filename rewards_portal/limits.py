"""How much, how many, how long: what an installation may set to its own needs."""

from rewards_portal import env

MAX_ROWS = env.whole("MAX_ROWS", use="Set the rows that one batch may hold.", default=1_000_000)
MAX_POINTS_PER_ROW = env.whole("MAX_POINTS_PER_ROW", use="Set points.", default=100_000)
MAX_POINTS_PER_BATCH = env.whole("MAX_POINTS_PER_BATCH", use="Set points.", default=100_000_000)
OFFICE_OPENS = env.whole("OFFICE_OPENS", use="Set the hour at which work begins, in IST.", default=9, minimum=0)
OFFICE_CLOSES = env.whole("OFFICE_CLOSES", use="Set the hour at which work ends, in IST.", default=19)
OFFICE_DAYS = env.weekdays("OFFICE_DAYS", use="Set the days of work, as mon,tue.", default="mon,tue,wed,thu,fri,sat")
SEARCH_EXPORT_ROWS = env.whole("SEARCH_EXPORT_ROWS", use="Set the rows of one exported search.", default=50_000)
EXPORT_DIRECT_ROWS = env.whole("EXPORT_DIRECT_ROWS", use="Set rows exported while one waits.", default=50_000)
EXPORT_DAYS = env.whole("EXPORT_DAYS", use="Set the days for which a large export is kept.", default=7)
REVEALS_PER_HOUR = env.whole("REVEALS_PER_HOUR", use="Set the rows that one auditor may reveal in an hour.", default=30)
API_CALLS_PER_MINUTE = env.whole("API_CALLS_PER_MINUTE", use="Set the calls of one API token in a minute.", default=600)
WEBHOOK_PRIVATE_ADDRESSES = env.flag(
    "WEBHOOK_PRIVATE_ADDRESSES", use="Set on to tell receivers in your own network.", default=False
)
ODD_AMOUNT_FACTOR = env.whole(
    "ODD_AMOUNT_FACTOR", use="Set how many times the usual amount is odd, 0 for never.", default=10, minimum=0
)
PERSONAL_DATA_DAYS = env.whole(
    "PERSONAL_DATA_DAYS", use="Set days after which recipients are forgotten, 0 for never.", default=0, minimum=0
)
GIFT_METER_POINTS = env.whole(
    "GIFT_METER_POINTS", use="Set points of one person and financial year, 0 for no meter.", default=5_000, minimum=0
)
SAME_LIST_BLOCK_DAYS = env.whole(
    "SAME_LIST_BLOCK_DAYS",
    use="Set the days for which a list that was given is not taken again.",
    default=20,
    minimum=0,
)
APPROVAL_DAYS = env.whole("APPROVAL_DAYS", use="Set the days for which an approval holds.", default=7)
UPLOAD_MAX_BYTES = env.whole("UPLOAD_MAX_BYTES", use="Set bytes.", default=100 * 1024 * 1024)
XLSX_MAX_BYTES = env.whole("XLSX_MAX_BYTES", use="Set the bytes that a workbook may expand to.", default=1 << 30)
XLSX_MAX_RATIO = env.whole("XLSX_MAX_RATIO", use="Set how many times its size a workbook may expand to.", default=200)
