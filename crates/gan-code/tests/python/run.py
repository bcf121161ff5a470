"""Runs programs one after another, each in its folder, and prints as JSON how those that failed did.

Takes the name of a JSON file: a list of {"program", "folder", "arguments"}. Warnings count as failures:
who runs a program is not to be told that it is out of date.
"""

import contextlib
import io
import json
import os
import runpy
import sys
import traceback
import warnings

import matplotlib.pyplot as plt
import torch


def failure(case):
    os.chdir(case["folder"])
    sys.argv = [case["program"], *case["arguments"]]
    torch.set_default_dtype(torch.float32)
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("error")
            runpy.run_path(case["program"])
    except BaseException:
        return traceback.format_exc()
    finally:
        plt.close("all")
    return None


with open(sys.argv[1]) as file:
    cases = json.load(file)
torch.set_num_threads(1)
failures = {case["program"]: failure(case) for case in cases}
print(json.dumps({program: told for program, told in failures.items() if told}))
