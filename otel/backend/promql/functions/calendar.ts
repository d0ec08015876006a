// Parts of a date, in UTC. A sample is a time in seconds since 1970; its fraction is cut off.

const DAY_MS = 86_400_000

export const CALENDAR = {
  day_of_month: (date) => date.getUTCDate(),
  day_of_week: (date) => date.getUTCDay(),
  day_of_year: (date) => {
    const newYear = Date.UTC(date.getUTCFullYear(), 0, 1)
    return Math.floor((date.getTime() - newYear) / DAY_MS) + 1
  },
  days_in_month: (date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate(),
  hour: (date) => date.getUTCHours(),
  minute: (date) => date.getUTCMinutes(),
  month: (date) => date.getUTCMonth() + 1,
  year: (date) => date.getUTCFullYear(),
} satisfies Record<string, (date: Date) => number>

export type CalendarName = keyof typeof CALENDAR

/** NaN for what is no time, where Go would compute on with an arbitrary integer. */
export function calendarPart(name: CalendarName, seconds: number): number {
  return CALENDAR[name](new Date(Math.trunc(seconds) * 1000))
}
