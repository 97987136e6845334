"""Options that say nothing beside others are refused in words, and never passed over."""

from collections.abc import Collection

import typer


def given(ctx: typer.Context) -> tuple[str, ...]:
    """Options and arguments that somebody wrote, as they are written, in the order in which the command has them."""
    return tuple(
        parameter.opts[0] if parameter.param_type_name == "option" else parameter.name.upper()
        for parameter in ctx.command.params
        if _is_written(ctx, parameter.name)
    )


def _is_written(ctx: typer.Context, name: str) -> bool:
    source = ctx.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def require_alone(ctx: typer.Context, option: str, beside: Collection[str] = ()) -> None:
    """Returns when nothing was written beside an option but what goes with it.

    Args:
        ctx: Of the command.
        option: As it is written, for example ``--list``.
        beside: What goes with it.

    Raises:
        typer.BadParameter: Something else was written, which would say nothing.
    """
    others = [one for one in given(ctx) if one != option and one not in beside]
    if others:
        raise typer.BadParameter(f"{', '.join(others)} says nothing beside {option}: leave it out")
