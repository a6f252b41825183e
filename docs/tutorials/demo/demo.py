"""Two real pipelines on a real local model: a changelog out of a git history, and letters sorted by mood."""

import sys
from pathlib import Path
from time import perf_counter

from flowdsl_library.pipelines.content.changelog_generation import changelog_generation
from flowdsl_library.pipelines.content.changelog_generation.example import choose_repository

from flowdsl import Pipeline, Run

sys.path.insert(0, str(Path(__file__).parent))
from triage import LETTERS, triage

MODEL = "local:smollm2-135m"
QUESTIONS = 12
OUT = Path("demo-output")


def main() -> None:
    """Run both, and say what came of it."""
    started = perf_counter()
    OUT.mkdir(exist_ok=True)
    print(
        "The model is tiny and built in; its answers are often wrong. Set up a larger one for real work.\n"
    )
    _changelog()
    _triage()
    print(f"All done in {perf_counter() - started:.1f} s; pictures and changelog lie in {OUT}/.")


def _changelog() -> None:
    repo = choose_repository(Path.cwd(), OUT / "kettle")
    print(
        f"1. changelog_generation on the git history of {repo.resolve().name} (at most {QUESTIONS} questions)"
    )
    run = changelog_generation.using(model=MODEL).run(
        repo=str(repo), from_ref="", questions=QUESTIONS
    )
    totals = run.value.report.totals
    (OUT / "CHANGELOG.md").write_text(run.value.markdown, encoding="utf-8")
    print(f"   {totals.commits} commits, each accounted for exactly once")
    print(f"   decided by rule       {totals.decided_by_rule:5}")
    print(f"   decided by model      {totals.decided_by_model:5}")
    rejected = f"{totals.rejected_by_gate} of them answered, but rejected by the gate"
    print(f"   fallen to the floor   {totals.fallen_to_floor:5}, {rejected}")
    _report("changelog_generation", changelog_generation.trace(questions=QUESTIONS), run)


def _triage() -> None:
    print("2. triage: structured output")
    run = triage.using(model=MODEL).run(letters=LETTERS)
    for letter, mood in zip(LETTERS, run["read_mood"], strict=True):
        print(f"   {mood.sentiment:8}  {letter}")
    print("   " + run.value.replace("\n", "\n   "))
    _report("triage", triage, run)


def _report(name: str, pipeline: Pipeline[..., object], run: Run[object]) -> None:
    picture = OUT / f"{name}.svg"
    picture.write_text(pipeline.graph.to_svg(), encoding="utf-8")
    usage = run.usage
    print(
        f"   {usage.calls} calls, {usage.input_tokens} + {usage.output_tokens} tokens, "
        f"{run.seconds:.1f} s, ${run.cost_usd}; drawn in {picture}\n"
    )


if __name__ == "__main__":
    main()
