const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const clock = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const date = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dateWithYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const weekday = new Intl.DateTimeFormat("en", { weekday: "long" });
const full = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
const whole = new Intl.NumberFormat("en");

export const clockTime = (at: string): string => clock.format(new Date(at));
export const fullTime = (at: string): string => full.format(new Date(at));
export const amount = (number: number): string => whole.format(number);

export function counted(number: number, noun: string, plural = `${noun}s`): string {
  return `${amount(number)} ${number === 1 ? noun : plural}`;
}

/** The start of the local day that holds a moment, in milliseconds. */
export function dayOf(at: string): number {
  const day = new Date(at);
  day.setHours(0, 0, 0, 0);
  return day.getTime();
}

export function dayLabel(day: number, now: number): string {
  const today = dayOf(new Date(now).toISOString());
  const days = Math.round((today - day) / DAY);
  const written = sameYear(day, now) ? date.format(day) : dateWithYear.format(day);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return days > 1 && days < 7 ? `${weekday.format(day)}, ${written}` : written;
}

/** "Today", "Tomorrow", "Friday, 4 Dec", "12 Dec": of a day that is to come. */
export function comingDayLabel(day: number, now: number): string {
  const days = Math.round((day - dayOf(new Date(now).toISOString())) / DAY);
  if (days <= 0) return "Today";
  if (days === 1) return "Tomorrow";
  const written = sameYear(day, now) ? date.format(day) : dateWithYear.format(day);
  return days < 7 ? `${weekday.format(day)}, ${written}` : written;
}

/** "just now", "5 min ago", "3 h ago", "yesterday", "4 days ago", "3 Mar". */
export function ago(at: string, now: number): string {
  const then = new Date(at).getTime();
  const passed = now - then;
  if (passed < MINUTE) return "just now";
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min ago`;
  const days = Math.round((dayOf(new Date(now).toISOString()) - dayOf(at)) / DAY);
  if (passed < DAY && days === 0) return `${Math.floor(passed / HOUR)} h ago`;
  if (days <= 1) return "yesterday";
  if (days < 14) return `${days} days ago`;
  return sameYear(then, now) ? date.format(then) : dateWithYear.format(then);
}

/** "20:15", or "tomorrow, 06:00", or "3 Mar, 06:00". */
export function untilLabel(at: string, now: number): string {
  const days = Math.round((dayOf(at) - dayOf(new Date(now).toISOString())) / DAY);
  if (days <= 0) return clockTime(at);
  return days === 1 ? `tomorrow, ${clockTime(at)}` : `${date.format(new Date(at))}, ${clockTime(at)}`;
}

/** Sizes in powers of 1000, as the program itself writes them. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** "12:05" or "1:02:05". */
export function playTime(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (number: number) => String(number).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

export function positionLabel(season: number | null, episode: number | null): string | null {
  if (season === null) return null;
  const two = (number: number) => String(number).padStart(2, "0");
  return episode === null ? `Season ${season}` : `S${two(season)}E${two(episode)}`;
}

function sameYear(one: number, other: number): boolean {
  return new Date(one).getFullYear() === new Date(other).getFullYear();
}
