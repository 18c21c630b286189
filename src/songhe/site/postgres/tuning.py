"""The server's settings: careful ones for a city, quick ones for tests.

They are written to `songhe.conf` at every start (memory may have changed); an administrator's own go to `local.conf`
beside it, which is read last and never touched.
"""

import os
from pathlib import Path

MEGABYTE = 1024 * 1024

PRIVATE_LOGS = {
    # Statements and details carry names and numbers of persons; a log file is not where those may lie.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}

SAFE = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "wal_compression": "off",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgres-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_timezone": "UTC",
    "max_connections": "100",
}

QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "1h",
    "autovacuum_naptime": "1min",
    "max_connections": "60",
}

COMMON = {
    # Whoever is killed amid a long statement holds its locks until the server looks for them.
    "client_connection_check_interval": "5s",
    "jit": "off",
    "random_page_cost": "1.1",
    "work_mem": "32MB",
    "timezone": "UTC",
    "password_encryption": "scram-sha-256",
}


def memory() -> int:
    """Return the bytes of memory this process may use: the machine's, or its control group's when that is less."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return total
    return min(total, int(limit)) if limit.isdigit() else total


def sized(total: int) -> dict[str, str]:
    """Return the memory settings for a machine of `total` bytes that also runs the application."""
    buffers = min(max(total // 5, 128 * MEGABYTE), 8192 * MEGABYTE)
    return {
        "shared_buffers": f"{buffers // MEGABYTE}MB",
        "effective_cache_size": f"{max(total // 2, 256 * MEGABYTE) // MEGABYTE}MB",
        "maintenance_work_mem": f"{min(max(total // 16, 64 * MEGABYTE), 1024 * MEGABYTE) // MEGABYTE}MB",
    }


def write(data: Path, settings: dict[str, str]) -> None:
    """Write `songhe.conf` for the next start."""
    lines = [f"{name} = '{value}'" for name, value in settings.items()]
    text = "# Written by Songhe at every start. Your own settings: local.conf\n" + "\n".join(lines) + "\n"
    (data / "songhe.conf").write_text(text)


def adopt(data: Path) -> None:
    """Make a fresh data folder read our settings, and admit nobody without a password."""
    with (data / "postgresql.conf").open("a") as file:
        file.write("\ninclude_if_exists 'songhe.conf'\ninclude_if_exists 'local.conf'\n")
    (data / "pg_hba.conf").write_text(
        "# Passwords only, from this machine only.\n"
        "local all all scram-sha-256\n"
        "host  all all 127.0.0.1/32 scram-sha-256\n"
    )
