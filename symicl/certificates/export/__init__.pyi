from .coq_file import coq as coq
from .lean_file import lean as lean
from .translation import translate as translate
