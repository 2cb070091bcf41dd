"""Draws village.png, the picture in the README, from a run of the village.

    ./coop run scenarios/village.toml --seed 3
    PYTHONPATH=build/release/python /usr/bin/python3 notebooks/picture.py out/latest
"""
import pathlib
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

import coopsim

run = coopsim.open(sys.argv[1])
fig, (hours, month) = plt.subplots(1, 2, figsize=(9, 2.88), dpi=100)

nodes = run.nodes()
minute = np.arange(0, 24 * 60) / 60
start = nodes["hours_start_s"].to_numpy() / 3600
length = nodes["hours_length_s"].to_numpy() / 3600
awake = (((minute[:, None] - start[None, :]) % 24) < length[None, :]).sum(axis=1)
hours.fill_between(minute, awake, step="mid", color="#4a7c59", alpha=0.8)
hours.set(title="Forty boards, 3 hours a day each", xlabel="hour of the day", ylabel="boards awake", xlim=(0, 24),
          xticks=range(0, 25, 3))
hours.set_ylim(bottom=0)

for metric, label, colour in [("objects.stored", "photos in the pool", "#2f4858"),
                              ("objects.not_yet_safe", "not yet on three boards", "#f6ae2d"),
                              ("objects.at_risk", "at risk again", "#c1292e")]:
    series = run.series(metric)
    month.plot(series["time_s"] / 86400, series["value"], label=label, color=colour)
faults = run.faults()
offs = faults.query("kind == 'power_off'")["time_s"] / 86400
storm, calm = offs.min(), faults.query("kind == 'power_on'")["time_s"].max() / 86400
month.axvspan(storm, calm, color="grey", alpha=0.3)
month.text(calm + 0.2, 170, "storm", fontsize=8)
words = [("leaving", day) for day in faults.query("kind == 'leave'")["time_s"] / 86400]
words += zip(("fails", "has left"), offs[offs > calm])
for word, day in words:
    month.axvline(day, color="grey", linewidth=0.8)
    month.text(day + 0.1, 62, word, fontsize=8, rotation=90, va="bottom")
month.set(title="A month of photos", xlabel="day", ylabel="photos", xlim=(0, 30))
month.legend(fontsize=8, loc="upper left")

fig.tight_layout()
fig.savefig(pathlib.Path(__file__).with_name("village.png"))
