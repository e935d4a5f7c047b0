"""Code that is type-checked and never run."""  # noqa: A005 - as tests.typing it hides nothing
