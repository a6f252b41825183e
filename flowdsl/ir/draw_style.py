"""How the SVG looks, by day and by night; every rule is bound to `.flowdsl`, so that a page around it keeps its own."""

from __future__ import annotations

STATES = {"waiting": "…", "running": "▶", "done": "✓", "failed": "✕", "skipped": "»"}
"""States a node can be shown in, and their marks: colour alone never says it."""

_Look = tuple[str, str, str]

# Kind: border, filling, ink of the caption.
_DAY: dict[str, _Look] = {
    "transform": ("#94a3b8", "#ffffff", "#475569"),
    "compute": ("#cbd5e1", "#f8fafc", "#64748b"),
    "text": ("#cbd5e1", "#f8fafc", "#64748b"),
    "call": ("#0f766e", "#f0fdfa", "#0f766e"),
    "approve": ("#d97706", "#fffbeb", "#92400e"),
    "model": ("#7c3aed", "#f3e8ff", "#6d28d9"),
    "region": ("#5eead4", "#f0fdfab0", "#0f766e"),
    "input": ("#bfdbfe", "#eff6ff", "#1d4ed8"),
    "output": ("#1e293b", "#1e293b", "#ffffff"),
}
_NIGHT: dict[str, _Look] = {
    "transform": ("#64748b", "#1e293b", "#cbd5e1"),
    "compute": ("#475569", "#172033", "#a8b5c8"),
    "text": ("#475569", "#172033", "#a8b5c8"),
    "call": ("#2dd4bf", "#10302f", "#5eead4"),
    "approve": ("#f59e0b", "#33230a", "#fbbf24"),
    "model": ("#a78bfa", "#2e1f5e", "#c4b5fd"),
    "region": ("#0f766e", "#0c2426b0", "#5eead4"),
    "input": ("#1e40af", "#172554", "#93c5fd"),
    "output": ("#e2e8f0", "#e2e8f0", "#0f172a"),
}
_LAMPS = {
    "waiting": "#94a3b8",
    "running": "#2563eb",
    "done": "#15803d",
    "failed": "#dc2626",
    "skipped": "#78716c",
}


def _looks(looks: dict[str, _Look], page: str) -> str:
    return "".join(
        f"{page}.flowdsl .{kind}>.box{{stroke:{border};fill:{filling}}}"
        f"{page}.flowdsl .{kind}>.kind{{fill:{ink}}}"
        for kind, (border, filling, ink) in looks.items()
    )


def _lamps(page: str) -> str:
    return "".join(
        f"{page}.flowdsl .{state}>.lamp{{fill:{colour}}}"
        f"{page}.flowdsl .{state}>.box{{stroke:{colour};stroke-width:2.5}}"
        for state, colour in _LAMPS.items()
    )


def _day(page: str = "") -> str:
    return (
        f"{page}.flowdsl text{{fill:#0f172a}}"
        f"{page}.flowdsl .paper{{fill:#ffffff;stroke:#e2e8f0}}"
        f"{page}.flowdsl .type{{fill:#475569}}"
        f"{page}.flowdsl .part{{fill:#0f766e}}"
        f"{page}.flowdsl .output>.name{{fill:#ffffff}}"
        f"{page}.flowdsl .edge path{{stroke:#8391a7}}{page}.flowdsl .edge .tip{{fill:#8391a7}}"
        f"{_looks(_DAY, page)}{_lamps(page)}{page}.flowdsl .mark{{fill:#ffffff}}"
    )


def _night(page: str = "") -> str:
    return (
        f"{page}.flowdsl text{{fill:#e8eef7}}"
        f"{page}.flowdsl .paper{{fill:#0f172a;stroke:#1e293b}}"
        f"{page}.flowdsl .type{{fill:#a8b5c8}}"
        f"{page}.flowdsl .part{{fill:#5eead4}}"
        f"{page}.flowdsl .output>.name{{fill:#0f172a}}"
        f"{page}.flowdsl .edge path{{stroke:#7b8aa3}}{page}.flowdsl .edge .tip{{fill:#7b8aa3}}"
        f"{_looks(_NIGHT, page)}{_lamps(page)}{page}.flowdsl .mark{{fill:#ffffff}}"
    )


_FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
STYLE = (
    f".flowdsl text{{font-family:{_FONT};text-anchor:middle}}"
    ".flowdsl .heading{font-size:16.5px;font-weight:600;text-anchor:start}"
    ".flowdsl .name{font-size:13.5px;font-weight:600}"
    ".flowdsl .kind{font-size:11px}"
    ".flowdsl .type{font-size:11px}"
    ".flowdsl .part{font-size:11px;font-weight:600}"
    ".flowdsl .box{stroke-width:1.25}"
    ".flowdsl .model>.box{stroke-width:2}"
    ".flowdsl .edge path{fill:none;stroke-width:1.4}"
    ".flowdsl .edge .tip{stroke:none}"
    ".flowdsl .order path{stroke-dasharray:5 4}"
    ".flowdsl .mark{font-size:10px;font-weight:700}"
    f"{_day()}"
    f"@media(prefers-color-scheme:dark){{{_night()}}}"
    ".flowdsl .edge:hover path{stroke:#2563eb}.flowdsl .edge:hover .tip{fill:#2563eb;stroke:none}"
)
"""Plain rules without variables, so that converters without a browser show the day's colours."""

THEMES = _day(":is([data-jp-theme-light=true],.vscode-light) ") + _night(
    ":is([data-jp-theme-light=false],.vscode-dark) "
)
"""The same for a notebook whose theme is not the system's: JupyterLab and VS Code say which one is on."""
