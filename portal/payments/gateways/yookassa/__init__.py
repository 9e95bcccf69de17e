"""YooKassa by its official SDK. Behaviour by https://yookassa.ru/developers/ (API v3)."""
