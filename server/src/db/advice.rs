//! What to do about an error of the system.

use std::{
    io::{self, ErrorKind},
    path::Path,
};

/// The system's error, and what to do about it.
#[must_use]
pub fn advised(error: &io::Error) -> String {
    let advice = match error.kind() {
        ErrorKind::PermissionDenied => {
            "; repeat the command as the owner of the file, or give this user access to it and to its folder"
        }
        ErrorKind::NotFound => "; correct the name, or make its folder first",
        ErrorKind::NotADirectory | ErrorKind::IsADirectory => "; correct the name",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "; make room on the disk",
        ErrorKind::ReadOnlyFilesystem => "; name a place on a disk that is not read-only",
        _ => "",
    };
    format!("{error}{advice}")
}

/// The folder that a path stands in.
#[must_use]
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_of_the_system_that_somebody_can_lift_says_how() {
        for (kind, says) in [
            (ErrorKind::PermissionDenied, "as the owner"),
            (ErrorKind::NotFound, "make its folder first"),
            (ErrorKind::NotADirectory, "correct the name"),
            (ErrorKind::IsADirectory, "correct the name"),
            (ErrorKind::StorageFull, "make room"),
            (ErrorKind::QuotaExceeded, "make room"),
            (ErrorKind::ReadOnlyFilesystem, "not read-only"),
        ] {
            let told = advised(&kind.into());
            assert!(told.contains(says), "{told}");
        }
        assert_eq!(advised(&io::Error::other("the moon")), "the moon");
    }
}
