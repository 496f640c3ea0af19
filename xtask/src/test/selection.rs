//! Which tests to run: the command line, and what it means to either runner.

/// What the words mean to cargo. Doctests belong to no category: they run when everything does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Category {
    /// Tests inside `src/`.
    Unit,
    /// The `tests/` folders of the library crates.
    Integration,
    /// The `tests/` folder of the command.
    EndToEnd,
}

/// The crate of the command.
const COMMAND: &str = "bootproof-cli";
const ENVIRONMENTS: [&str; 4] = ["development", "test", "staging", "production"];

/// A parsed command line.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Selection {
    pub(crate) environment: Option<String>,
    category: Option<Category>,
    keyword: Option<String>,
}

impl Selection {
    /// # Errors
    /// What is wrong with the command line.
    pub(crate) fn parse(args: &[&str]) -> Result<Self, String> {
        let mut selection = Self::default();
        let mut words = args.iter().flat_map(|word| match word.split_once('=') {
            Some((option, value)) if word.starts_with("--") => vec![option, value],
            _ => vec![*word],
        });
        while let Some(option) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("`{option}` needs a value"));
            match option {
                "--env" => selection.environment = Some(environment(value()?)?),
                "--category" => selection.category = Some(category(value()?)?),
                "--keyword" => selection.keyword = Some(value()?.to_owned()),
                unknown => return Err(format!("unknown option `{unknown}`")),
            }
        }
        Ok(selection)
    }

    pub(crate) fn nextest(&self) -> Vec<String> {
        self.words(&["nextest", "run", "--no-fail-fast", "--no-tests", "pass"])
    }

    pub(crate) fn cargo_test(&self) -> Vec<String> {
        let mut args = self.words(&["test", "--no-fail-fast"]);
        if self.category.is_none() {
            // As nextest does: everything but the documentation, which has a run of its own.
            args.splice(1..1, ["--lib", "--bins", "--tests", "--examples"].map(str::to_owned));
        }
        args
    }

    pub(crate) fn with_documentation(&self) -> bool {
        self.category.is_none()
    }

    pub(crate) fn documentation(&self) -> Vec<String> {
        let args = ["test", "--workspace", "--all-features", "--doc", "--no-fail-fast"].map(str::to_owned);
        args.into_iter().chain(self.keyword.clone()).collect()
    }

    fn words(&self, runner: &[&str]) -> Vec<String> {
        let scope: &[&str] = match self.category {
            None => &["--workspace"],
            Some(Category::Unit) => &["--workspace", "--lib", "--bins"],
            Some(Category::Integration) => &["--workspace", "--exclude", COMMAND, "--test", "*"],
            Some(Category::EndToEnd) => &["--package", COMMAND, "--test", "*"],
        };
        let args = [runner, scope, &["--all-features"]].concat();
        args.into_iter().map(str::to_owned).chain(self.keyword.clone()).collect()
    }
}

fn environment(name: &str) -> Result<String, String> {
    match ENVIRONMENTS.contains(&name) {
        true => Ok(name.to_owned()),
        false => Err(format!("unknown environment `{name}`: it is one of {}", ENVIRONMENTS.join(", "))),
    }
}

fn category(name: &str) -> Result<Category, String> {
    match name {
        "unit" => Ok(Category::Unit),
        "integration" => Ok(Category::Integration),
        "e2e" => Ok(Category::EndToEnd),
        _ => Err(format!("unknown category `{name}`: it is one of unit, integration, e2e")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(words: &[&str]) -> String {
        Selection::parse(words).unwrap().nextest().join(" ")
    }

    #[test]
    fn each_category_selects_what_it_says() {
        assert!(args(&[]).ends_with("--workspace --all-features"));
        assert!(args(&["--category", "unit"]).contains("--workspace --lib --bins --all"));
        assert!(args(&["--category", "integration"]).contains("--workspace --exclude bootproof-cli --test * --all"));
        assert!(args(&["--category=e2e"]).contains("--package bootproof-cli --test * --all"));
    }

    #[test]
    fn environment_and_keyword_are_taken_and_documentation_is_for_whole_runs() {
        let selection = Selection::parse(&["--env", "staging", "--keyword", "startup"]).unwrap();
        assert_eq!(selection.environment.as_deref(), Some("staging"));
        assert_eq!(selection.cargo_test().last().unwrap(), "startup");
        assert!(selection.with_documentation());
        assert!(!Selection::parse(&["--category", "unit"]).unwrap().with_documentation());
    }

    #[test]
    fn what_is_not_known_is_refused_by_name() {
        for words in [&["--env", "prod"][..], &["--env"], &["--category", "all"], &["--fast"], &["startup"]] {
            let problem = Selection::parse(words).unwrap_err();
            assert!(problem.contains(words.last().unwrap()), "{problem}");
        }
    }
}
