//! The sentences for a store that does not accept writes or does not answer, with what to do.

use crate::error::StoreFault;

/// The sentence in English and in Russian.
pub(super) const fn sentence(fault: StoreFault) -> (&'static str, &'static str) {
    match fault {
        StoreFault::Full => (
            "The server's disk is full; nothing was saved. Reading works. Try again once there is room.",
            "На диске сервера нет места; ничего не записано. Читать можно. Повторите, когда место появится.",
        ),
        StoreFault::FileLimit => (
            "The server's limit on the size of files (ulimit -f) is reached; nothing was saved. Reading works. Tell whoever runs the server to raise it.",
            "Достигнут предел размера файлов на сервере (ulimit -f); ничего не записано. Читать можно. Попросите того, кто ведёт сервер, увеличить его.",
        ),
        StoreFault::ReadOnly => (
            "The server's disk is read-only; nothing was saved. Reading works. Tell whoever runs the server.",
            "Диск сервера доступен только для чтения; ничего не записано. Читать можно. Сообщите тому, кто ведёт сервер.",
        ),
        StoreFault::NoWrites => (
            "The server's database does not accept changes at the moment; nothing was saved. Reading works. Tell whoever runs the server.",
            "База данных на сервере сейчас не принимает записей; ничего не записано. Читать можно. Сообщите тому, кто ведёт сервер.",
        ),
        StoreFault::Failing => (
            "The server's disk reports an error; nothing was confirmed. Tell whoever runs the server, then try again.",
            "Диск сервера сообщает об ошибке; запись не подтверждена. Сообщите тому, кто ведёт сервер, и повторите.",
        ),
        StoreFault::Locked => (
            "Another program holds the database; nothing was saved. Try again in a moment.",
            "Базу данных заняла другая программа; ничего не записано. Попробуйте чуть позже.",
        ),
        StoreFault::Displaced => (
            "The server's database file was moved, deleted or overwritten; nothing more is saved. Tell whoever runs the server.",
            "Файл базы данных на сервере перемещён, удалён или перезаписан; больше ничего не записывается. Сообщите тому, кто ведёт сервер.",
        ),
        StoreFault::Damaged => (
            "The server's database file is damaged; nothing was confirmed. Tell whoever runs the server to restore a backup.",
            "Файл базы данных на сервере повреждён; запись не подтверждена. Попросите того, кто ведёт сервер, восстановить резервную копию.",
        ),
        StoreFault::Away => (
            "The server's database does not answer; nothing was confirmed. Try again in a moment.",
            "База данных на сервере не отвечает; запись не подтверждена. Повторите чуть позже.",
        ),
    }
}
