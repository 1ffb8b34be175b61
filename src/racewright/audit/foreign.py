"""Names that belong to other languages, which reviews of Python are found to recommend or to see.

Only names that are no Python package of the same purpose and no common word are listed.
"""

from __future__ import annotations

__all__ = ["ecosystem_of"]

_BY_LANGUAGE = {
    "Kotlin": "mockk kotest coroutines.runBlocking",
    "Java": "junit junit4 junit5 mockito powermock assertj testng log4j slf4j logback lombok "
    "hibernate "
    "springboot easymock @Override @Test @Before @After @BeforeEach @AfterEach @Autowired @Mock "
    "@InjectMocks ConcurrentHashMap CountDownLatch CompletableFuture ExecutorService "
    "ReentrantLock AtomicInteger System.out.println Thread.sleep",
    "JavaScript": "mocha sinon jasmine enzyme lodash axios express.js setTimeout setInterval "
    "console.log async/await.js package.json node_modules Promise.all",
    "C#": "nunit xunit.net moq nsubstitute Task.Run ConfigureAwait ConcurrentDictionary",
    "Go": "testify gomock sync.WaitGroup sync.Mutex go.mod goroutine goroutines",
    "Ruby": "rspec minitest rubocop",
    "C++": "gtest googletest gmock std::mutex std::thread boost::thread",
    "Rust": "serde mockall tokio.rs cargo Arc::new",
    "PHP": "phpunit laravel composer.json",
    "Swift": "xctest DispatchQueue",
}
_LANGUAGE_OF = {
    name.lower(): language for language, names in _BY_LANGUAGE.items() for name in names.split()
}


def ecosystem_of(name: str) -> str:
    """The language that ``name`` belongs to, if it is another than Python and no doubt about it."""
    return _LANGUAGE_OF.get(name.strip().lower(), "")
