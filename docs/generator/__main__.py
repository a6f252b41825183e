"""Write the generated pages into docs/reference."""

import sys

from docs.generator.pages import FOLDER, present


def main() -> int:
    """Write each page whose part of the code exists."""
    for name, page in present().items():
        (FOLDER / name).write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
