//! The certificates and keys for the connection to PostgreSQL. sqlx does not say which of the files it cannot find.

use std::path::Path;

/// The files that TLS needs: how a URL names each, and the variable of the environment that counts otherwise.
const TLS_FILES: [(&[&str], &str); 3] = [
    (&["sslrootcert", "ssl-root-cert", "ssl-ca"], "PGSSLROOTCERT"),
    (&["sslcert", "ssl-cert"], "PGSSLCERT"),
    (&["sslkey", "ssl-key"], "PGSSLKEY"),
];

/// The first of them that does not exist.
pub(super) fn missing_file(url: &str, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    TLS_FILES.iter().find_map(|(names, name)| {
        let given = form_urlencoded::parse(query.as_bytes()).filter(|(given, _)| names.contains(&&**given));
        let path = given.last().map(|(_, path)| path.into_owned()).or_else(|| variable(name))?;
        // The certificate itself may stand there too.
        let is_path = !path.trim().starts_with("-----BEGIN");
        (is_path && !Path::new(&path).exists()).then_some(path)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_certificate_is_found_in_the_url_or_else_in_the_environment() {
        let folder = tempfile::tempdir().expect("a folder");
        let there = folder.path().join("ca.pem");
        std::fs::write(&there, "a certificate").expect("a file");
        let there = there.to_str().expect("text");
        let found = |query: &str| {
            let variable = |name: &str| (name == "PGSSLKEY").then(|| "/env/key.pem".to_owned());
            missing_file(&format!("postgres://db.example/book{query}"), variable)
        };
        for (query, path) in [
            ("?sslmode=verify-full&sslrootcert=/no%20where/ca.pem".to_owned(), "/no where/ca.pem"),
            (format!("?sslrootcert={there}&ssl-cert=/nowhere/own.pem"), "/nowhere/own.pem"),
            ("?sslcert=-----BEGIN+CERTIFICATE-----".to_owned(), "/env/key.pem"),
            (String::new(), "/env/key.pem"),
        ] {
            assert_eq!(found(&query).as_deref(), Some(path), "{query}");
        }
        assert_eq!(found(&format!("?sslkey={there}")), None);
    }
}
