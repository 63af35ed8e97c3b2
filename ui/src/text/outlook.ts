import type { Standing } from "../bindings/wire";
import { amount, counted, size } from "../format";

/** A number stays with what it counts. */
const unbroken = (words: string): string => words.replaceAll(" ", "\u00a0");

/** What the page says about what will go when. */
export const outlookText = {
  tab: "What will go",
  label: "What will go, and what is kept",
  assumption: "If nobody watches anything before.",
  again: "Look again",
  looking: "Asking Sonarr about every show…",
  headings: {
    unknown: "Not known",
    waiting: "Waits for your word",
    underWay: "Under way",
    free: "Now",
    kept: "Kept",
  },
  standings: {
    unknown: "not known",
    waiting: "waits for you",
    underWay: "under way",
    free: "goes",
    freeAt: "later",
    kept: "stays",
  } satisfies Record<Standing, string>,
  asked: "asks first",
  askedAbout: "It is a large share of what there is, or you said no before: you are asked before it goes.",
  amount: (files: number, bytes: number) =>
    files === 0 ? "no files" : `${unbroken(counted(files, "file"))}, ${unbroken(size(bytes))}`,
  seasons: (title: string) => `Seasons and viewers of ${title}`,
  keep: "Keep",
  unkeep: "Do not keep",
  keepOf: (keep: boolean, title: string, season: number | null) => {
    const what = season === null ? title : `season ${season} of ${title}`;
    return keep ? `Keep ${what}` : `Do not keep ${what}`;
  },
  withShow: "The whole show is kept.",
  atBaseline: (shows: number) =>
    shows === 1 ? "One show is at its baseline." : `${amount(shows)} shows are at their baseline.`,
  nothing: "Nothing will go",
  nothingAbout:
    "Every rolling show is at its baseline. When people watch and shows grow, this says what goes when, and what is kept.",
} as const;
