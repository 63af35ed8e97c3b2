import { screen, within } from "@testing-library/svelte";
import { expect, it } from "vitest";
import type { RuleSet } from "../src/bindings/wire";
import { expectAccessible, open } from "./harness";

async function openRules() {
  const opened = await open({ view: "shows" });
  await opened.click("rules");
  await screen.findAllByTestId("rule-row");
  return opened;
}

const given = (sent: unknown[]) => (sent[0] as { rules: RuleSet }).rules;
const names = () =>
  screen.getAllByTestId("rule-row").map((row) => row.querySelector(".name span")?.textContent);

it("lists the rules in their order and says what they touch", async () => {
  await openRules();
  expect(screen.getByTestId("rules-dialog")).toHaveTextContent(
    /only touch series that are added to Sonarr after the rule was made/,
  );
  const [anime, dramas] = screen.getAllByTestId("rule-row");
  expect(anime).toHaveTextContent("Series type is anime, or Genre is Anime or Animation");
  expect(dramas).toHaveTextContent("Genre is Drama, and Year up to 2009, and Quality profile is HD-1080p");
  expect(dramas).toHaveTextContent("only Sonarr · for series added since 3 days ago");
  expect(screen.getByTestId("rules-save")).toBeDisabled();
  await expectAccessible();
});

it("makes a rule, and saves all of them", async () => {
  const { user, click, sent } = await openRules();
  await click("rule-add");
  await user.type(screen.getByTestId("rule-name"), "British comedy");
  await user.type(screen.getByTestId("condition-names"), "Comedy{Enter}");
  await click("condition-add");
  const second = screen.getAllByTestId("condition")[1] as HTMLElement;
  await user.selectOptions(within(second).getByTestId("condition-field"), "title");
  await user.type(within(second).getByTestId("condition-pattern"), "The *");
  await user.selectOptions(screen.getByTestId("rule-combination"), "any");
  await click("outcome-allSeasonPilotRolling");
  await expectAccessible();
  await click("rule-done");
  expect(names()).toEqual(["Anime", "Old dramas", "British comedy"]);
  await click("rules-save");
  expect(given(sent("set_rules")).rules[2]).toEqual({
    name: "British comedy",
    madeAt: null,
    instance: null,
    combination: "any",
    conditions: [
      { field: "genre", anyOf: ["Comedy"] },
      { field: "title", pattern: "The *" },
    ],
    outcome: "allSeasonPilotRolling",
  });
  expect(screen.queryByTestId("rules-dialog")).toBeNull();
});

it("says what is wrong with a rule beside the place", async () => {
  const { user, click } = await openRules();
  await click("rule-add");
  await click("rule-done");
  expect(screen.getByText("It needs a name.")).toBeVisible();
  expect(screen.getByText("It needs at least one genre.")).toBeVisible();
  expect(screen.getByTestId("rule-name")).toHaveAttribute("aria-invalid", "true");
  await user.type(screen.getByTestId("rule-name"), "anime");
  expect(screen.getByText("Another rule has this name.")).toBeVisible();
  await user.selectOptions(screen.getByTestId("condition-field"), "year");
  expect(screen.getByText("It needs a first or a last year.")).toBeVisible();
  await user.type(screen.getByTestId("condition-from"), "2020");
  await user.type(screen.getByTestId("condition-to"), "2010");
  expect(screen.getByText("The first year is after the last one.")).toBeVisible();
  await click("condition-remove");
  expect(screen.getByText("It needs at least one condition.")).toBeVisible();
  await expectAccessible();
  await user.keyboard("{Escape}");
  expect(screen.getAllByTestId("rule-row")).toHaveLength(2);
});

it("moves and deletes rules, and sets what holds where none matches", async () => {
  const { user, click, sent } = await openRules();
  await user.click(screen.getByRole("button", { name: "Move rule Old dramas up" }));
  expect(names()).toEqual(["Old dramas", "Anime"]);
  await user.click(screen.getByRole("button", { name: "Delete rule Anime" }));
  await user.selectOptions(screen.getByTestId("default-2"), "pilotRolling");
  await user.selectOptions(screen.getByTestId("default-3"), "");
  await click("rules-save");
  const rules = given(sent("set_rules"));
  expect(rules.rules.map((rule) => rule.name)).toEqual(["Old dramas"]);
  expect(rules.defaults).toEqual([{ instance: 2, madeAt: null, outcome: "pilotRolling" }]);
});

it("keeps the time of a rule that only gets another name", async () => {
  const { user, click, sent } = await openRules();
  for (const [rule, combination] of [
    [0, null],
    [1, "any"],
  ] as const) {
    await user.click(screen.getAllByTestId("rule-edit")[rule] as HTMLElement);
    await user.type(screen.getByTestId("rule-name"), "!");
    if (combination) await user.selectOptions(screen.getByTestId("rule-combination"), combination);
    await click("rule-done");
  }
  await click("rules-save");
  const rules = given(sent("set_rules")).rules;
  expect(rules.map((rule) => [rule.name, rule.madeAt !== null])).toEqual([
    ["Anime!", true],
    ["Old dramas!", false],
  ]);
});

it("tries rules that are not saved on the library", async () => {
  const { click, sent } = await openRules();
  await click("rules-try");
  expect(await screen.findByTestId("tried-total")).toHaveTextContent(/^\d+ of \d+ series match$/);
  expect(screen.getByText(/nothing happens to them/)).toBeVisible();
  expect(screen.getAllByTestId("tried-row")[0]).toHaveTextContent("by “Anime”");
  await expectAccessible();
  await click("rules-back");
  expect(screen.getAllByTestId("rule-row")).toHaveLength(2);
  expect(sent("set_rules")).toEqual([]);
});

it("shows why rules were refused and keeps them", async () => {
  const { host, user, click } = await openRules();
  await user.click(screen.getByRole("button", { name: "Delete rule Anime" }));
  host.failNext("set_rules", { code: "invalidValue", message: "Instance 3 is not connected." });
  await click("rules-save");
  expect(await screen.findByTestId("rules-failure")).toHaveTextContent("Instance 3 is not connected.");
  expect(screen.getAllByTestId("rule-row")).toHaveLength(1);
});
