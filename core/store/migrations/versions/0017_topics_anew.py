"""the days that the pages show are counted anew: what is a topic is told otherwise now"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    query = sa.text(
        "INSERT INTO rollup_stale (brand, day) SELECT DISTINCT brand, day FROM rollup_topics WHERE day >= :since"
    ).bindparams(sa.bindparam("since", type_=sa.Date))
    op.get_bind().execute(query, {"since": datetime.now(UTC).date() - timedelta(days=180)})


def downgrade() -> None:
    """Nothing to take back: a day that is counted once more is as it was."""
