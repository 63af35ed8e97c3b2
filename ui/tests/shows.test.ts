import { FakeHost } from "../src/host/fake";
import { screen, within } from "@testing-library/svelte";
import { expect, it } from "vitest";
import { expectAccessible, open } from "./harness";

const row = async (title: string) => screen.findByRole("article", { name: title });

it("lists master records with their viewers", async () => {
  const { user } = await open({ view: "shows" });
  const harbor = await row("Harbor Lights");
  await user.click(within(harbor).getByTestId("show-toggle"));
  expect(within(harbor).getAllByTestId("viewer-row")[0]).toHaveTextContent("Alice");
  expect(within(harbor).getAllByText("Tracking only").length).toBeGreaterThan(0);
  await expectAccessible();
});

it("filters by title and by viewer", async () => {
  const { user } = await open({ view: "shows" });
  await user.type(await screen.findByTestId("shows-filter"), "harbor");
  expect(screen.getAllByTestId("show-row")).toHaveLength(1);
  await user.clear(screen.getByTestId("shows-filter"));
  await user.type(screen.getByTestId("shows-filter"), "no such show");
  expect(screen.getByText("No show matches")).toBeVisible();
});

it("previews a reset, and confirms exactly what was previewed", async () => {
  const { user, click, sent } = await open({ view: "shows" });
  const harbor = await row("Harbor Lights");
  await user.click(within(harbor).getByTestId("reset-show"));
  expect(await screen.findByTestId("preview-total")).toHaveTextContent(/^1 show, \d+ files, [0-9.]+ GB$/);
  await expectAccessible();
  await click("confirm-yes");
  expect(sent("reset_show")).toEqual([{ id: 1, confirmation: "Harbor Lights" }]);
  expect(screen.queryByTestId("confirm-dialog")).toBeNull();
});

it("looks again when the situation has changed meanwhile", async () => {
  const { host, user, click, sent } = await open({ view: "shows" });
  await user.click(within(await row("Harbor Lights")).getByTestId("reset-show"));
  await screen.findByTestId("preview-total");
  host.failNext("reset_show", { code: "changedMeanwhile", message: "Somebody has started to watch." });
  await click("confirm-yes");
  expect(await screen.findByText("Somebody has started to watch.")).toBeVisible();
  expect(sent("preview_reset")).toHaveLength(2);
  expect(screen.getByTestId("confirm-dialog")).toBeVisible();
});

it("changes nothing when a confirmation is canceled", async () => {
  const { user, click, sent } = await open({ view: "shows" });
  await user.click(within(await row("Harbor Lights")).getByTestId("remove-show"));
  expect(screen.getByTestId("confirm-dialog")).toHaveTextContent("Sonarr stays exactly as it is");
  await click("confirm-no");
  expect(sent("remove_show")).toEqual([]);
  await user.click(within(await row("Harbor Lights")).getByTestId("remove-show"));
  await click("confirm-yes");
  expect(sent("remove_show")).toEqual([{ id: 1 }]);
  expect(screen.queryByRole("article", { name: "Harbor Lights" })).toBeNull();
});

it("resets all inactive shows after showing them", async () => {
  const { click, sent } = await open({ view: "shows" });
  await click("tab-inactive");
  expect(screen.getAllByTestId("show-row")).toHaveLength(3);
  await click("reset-inactive");
  expect(await screen.findByTestId("preview-total")).toHaveTextContent("3 shows");
  await click("confirm-yes");
  expect(sent("reset_inactive")).toHaveLength(1);
  expect(await screen.findByText("No inactive shows")).toBeVisible();
});

it("keeps a show, or one of its seasons", async () => {
  const { user, sent } = await open({ view: "shows" });
  const harbor = await row("Harbor Lights");
  await user.click(within(harbor).getByTestId("show-toggle"));
  await user.click(within(harbor).getByTestId("keep-season-1"));
  await user.click(within(await row("Harbor Lights")).getByTestId("keep-show"));
  expect(sent("keep")).toEqual([
    { show: 1, season: 1, keep: true },
    { show: 1, season: null, keep: true },
  ]);
  expect(await row("Harbor Lights")).toHaveTextContent("kept");
});

it("enrolls chosen series after a preview", async () => {
  const { user, click, sent } = await open({ view: "shows" });
  await click("enroll");
  await user.click(await screen.findByRole("checkbox", { name: /Ember Street/ }));
  await user.click(screen.getByTestId("enroll-type-firstSeasonRolling"));
  await expectAccessible();
  await click("enroll-preview");
  expect(await screen.findByText(/Sonarr stays as it is/)).toBeVisible();
  await click("enroll-yes");
  const enrollment = { instance: "Sonarr", monitoringType: "firstSeasonRolling", reset: false };
  expect(sent("enroll")).toEqual([
    { enrollment: expect.objectContaining(enrollment) as unknown, confirmation: "as it is" },
  ]);
  expect(screen.queryByTestId("enroll-dialog")).toBeNull();
  expect(await row("Ember Street")).toHaveTextContent("First season");
});

it("stays smooth with thousands of shows", async () => {
  await open({ view: "shows", scenario: "large" });
  expect((await screen.findAllByTestId("show-row")).length).toBeLessThan(60);
});

it("explains what a rolling show is while there is none", async () => {
  const { host } = await open({ view: "shows", scenario: "empty" });
  host.change({ connections: new FakeHost({ scenario: "quiet" }).state.connections });
  expect(await screen.findByText("No rolling shows yet")).toBeVisible();
  expect(screen.getByTestId("enroll")).toBeEnabled();
  await expectAccessible();
});

it("leads to Sonarr while there is none to enroll shows of", async () => {
  const { click } = await open({ view: "shows", scenario: "empty" });
  expect(await screen.findByText("No Sonarr to enroll shows of")).toBeVisible();
  expect(screen.getByTestId("enroll")).toBeDisabled();
  await expectAccessible();
  await click("shows-connect");
  expect(await screen.findByTestId("connection-kind")).toHaveValue("sonarr");
});
