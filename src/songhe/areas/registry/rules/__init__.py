"""Pure decisions of the registry: ages, facts in two times, likeness of persons."""
